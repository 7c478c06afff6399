//! Names that are compiled in, packed: all in one text, without a pointer to each. Pointers are put right whenever a program
//! starts, and for tens of thousands of them that takes longer than all the rest of the start.
//!
//! Stands on its own: the build makes the tables with it.

/// A list of texts.
#[derive(Debug)]
pub struct Texts {
    /// All of them, one after the other.
    pub text: &'static str,
    /// Where each begins, in bytes, and where the last ends.
    pub starts: &'static [u32],
}

impl Texts {
    /// The text at this place.
    pub fn get(&self, at: usize) -> &'static str {
        &self.text[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

/// Different names, and the place of each in the list.
#[derive(Debug)]
pub struct Names {
    /// The names.
    pub names: Texts,
    /// A hash table: the place of a name plus 1, at its hash or in the next free slot; 0 for a slot that is free. Has a power
    /// of two of slots, half of them free at least.
    pub slots: &'static [u16],
}

impl Names {
    /// The name at this place.
    pub fn get(&self, at: usize) -> &'static str {
        self.names.get(at)
    }

    /// The place of a name.
    pub fn find(&self, name: &str) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash(name) & mask;
        loop {
            let at = usize::from(self.slots[slot]).checked_sub(1)?;
            if self.get(at) == name {
                return Some(at);
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// Says where to look for a name. The same on every platform: the tables may be made on another one.
pub fn hash(name: &str) -> usize {
    let mut hash = 0_u64;
    for piece in name.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..piece.len()].copy_from_slice(piece);
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    (hash >> 40) as usize
}
