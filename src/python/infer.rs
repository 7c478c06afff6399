//! A light, local, honest inference: the type of an expression where the file itself and the public stubs tell it,
//! nothing where they do not.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, Operator};
use ruff_text_size::Ranged;

use super::bindings::{decorators, has_yield};
use super::context::{Context, Lookup};
use super::patterns::fits_every_text;
use super::scope::{Binding, BindingKind, ScopeKind, Whole};
use super::table::{ClassInfo, FunctionInfo, ModuleBinding, ModuleBindingKind};
use super::{canonical, stdlib};

/// How deep an inference may follow names and calls before it gives up.
const MAX_STEPS: u8 = 12;

/// How many expressions one inference may look at: names that refer to names fan out.
const MAX_FUEL: u16 = 256;

/// The type of an instance: its class and type arguments, as far as known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Type {
    /// Qualified public name (`collections.deque`), or `@Name` for a class of the same module.
    pub class: Name,
    /// Type arguments, in order; empty when unknown.
    pub args: Vec<Option<Type>>,
}

impl Type {
    /// An instance of the class, arguments unknown.
    pub fn instance(class: &str) -> Self {
        Self { class: Name::new(class), args: Vec::new() }
    }

    /// An instance of a class of the same module.
    fn of_module(class: &str) -> Self {
        Self { class: Name::concat(&["@", class]), args: Vec::new() }
    }

    /// An instance of a built-in class.
    fn builtin(name: &str) -> Self {
        Self { class: Name::concat(&["builtins.", name]), args: Vec::new() }
    }

    fn with(class: &str, args: Vec<Option<Type>>) -> Self {
        Self { class: Name::new(class), args }
    }

    /// The name of the class if it is one of the same module.
    pub fn local_class(&self) -> Option<&str> {
        self.class.strip_prefix('@')
    }

    /// Whether the type is `builtins.<name>`.
    pub fn is_builtin(&self, name: &str) -> bool {
        self.class.strip_prefix("builtins.") == Some(name)
    }

    /// The class or function that this is the type of, see [`Context::type_of_object`].
    pub(super) fn object(&self) -> Option<Name> {
        let is_object = matches!(self.class.as_str(), "builtins.type" | "types.FunctionType");
        self.args.first().filter(|_| is_object)?.as_ref().map(|object| object.class.clone())
    }

    /// The type argument at this place.
    pub fn arg(&self, at: usize) -> Option<Type> {
        self.args.get(at).cloned().flatten()
    }

    /// A compiled pattern of which `match` never gives `None`. That is its second type argument, one that `typing` does
    /// not have: what `match` gives.
    fn pattern_for_every_text() -> Self {
        Self::with("re.Pattern", vec![None, Some(Self::instance("re.Match"))])
    }

    /// Whether it is a compiled pattern that is known to fit every text.
    pub(crate) fn matches_every_text(&self) -> bool {
        self.class == "re.Pattern" && self.args.len() > 1
    }

    /// Reads a type as the stub data writes it; `of` is the instance that a member was asked of.
    fn from_stub(text: &str, of: Option<&Type>) -> Option<Type> {
        let text = text.trim();
        match text {
            "" => None,
            "Self" => of.cloned(),
            "await" => Some(Self::with("typing.Awaitable", vec![None])),
            _ => {
                if let Some(at) = text.strip_prefix('$') {
                    return of?.arg(at.parse().ok()?);
                }
                if let Some(inner) = text.strip_prefix("await ") {
                    return Some(Self::with("typing.Awaitable", vec![Self::from_stub(inner, of)]));
                }
                let Some((class, rest)) = text.split_once('[') else { return Some(Self::instance(text)) };
                let inner = rest.strip_suffix(']')?;
                let args = split_arguments(inner).map(|arg| Self::from_stub(arg, of)).collect();
                Some(Self::with(class, args))
            }
        }
    }

    /// What iterating over an instance gives.
    fn item(&self) -> Option<Type> {
        if self.is_builtin("str") {
            return Some(self.clone());
        }
        if self.is_builtin("bytes") || self.is_builtin("bytearray") || self.is_builtin("range") {
            return Some(Self::builtin("int"));
        }
        if self.is_builtin("tuple") {
            let first = self.arg(0)?;
            return self.args.iter().all(|arg| arg.as_ref() == Some(&first)).then_some(first);
        }
        if let Some(member) = stdlib::member(&self.class, "__iter__").filter(|member| !member.ty.is_empty()) {
            let iterator = Self::from_stub(member.ty, Some(self))?;
            if ITERATORS.contains(&iterator.class.as_str()) {
                return iterator.arg(0);
            }
        }
        None
    }

    /// What `for` or `async for` over an instance gives.
    fn iterated(&self, is_async: bool) -> Option<Type> {
        if is_async { self.async_item() } else { self.item() }
    }

    /// The names in a target that an instance is unpacked into, with their types.
    pub(super) fn unpacked<'t>(&self, target: &'t Expr) -> Vec<(&'t ast::ExprName, Option<Type>)> {
        let mut parts = Vec::new();
        let mut open = vec![(target, Some(self.clone()))];
        while let Some((target, ty)) = open.pop() {
            match target {
                Expr::Name(name) => parts.push((name, ty)),
                Expr::Starred(starred) => open.push((&starred.value, None)),
                Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                    let is_plain = !elts.iter().any(Expr::is_starred_expr);
                    open.extend(elts.iter().enumerate().rev().map(|(at, element)| {
                        let ty = ty.as_ref().filter(|_| is_plain).and_then(|ty| ty.element(at, elts.len()));
                        (element, ty)
                    }));
                }
                _ => {}
            }
        }
        parts
    }

    /// What unpacking an instance into so many targets gives for the one at this place.
    fn element(&self, at: usize, len: usize) -> Option<Type> {
        if self.is_builtin("tuple") && self.args.len() > 1 {
            return if self.args.len() == len { self.arg(at) } else { None };
        }
        self.item()
    }

    /// What `async for` over an instance gives.
    fn async_item(&self) -> Option<Type> {
        let member = stdlib::member(&self.class, "__aiter__")?;
        Self::from_stub(member.ty, Some(self))?.arg(0).or_else(|| self.arg(0))
    }

    /// What `with` or `async with` binds.
    fn entered(&self, is_async: bool) -> Option<Type> {
        let method = if is_async { "__aenter__" } else { "__enter__" };
        match stdlib::member(&self.class, method) {
            Some(member) if member.ty.is_empty() => None,
            Some(member) => {
                let ty = Self::from_stub(member.ty, Some(self))?;
                if is_async { ty.awaited() } else { Some(ty) }
            }
            // A package's class that nothing is known of: nearly every one enters as itself.
            None if !self.class.starts_with('@') && !stdlib::lacks(&self.class, method) => Some(self.clone()),
            None => None,
        }
    }

    /// The result of awaiting.
    fn awaited(&self) -> Option<Type> {
        match self.class.as_str() {
            "typing.Awaitable" | "collections.abc.Awaitable" | "asyncio.Task" | "asyncio.Future" => self.arg(0),
            "typing.Coroutine" | "collections.abc.Coroutine" => self.arg(2),
            // The generator that runs it returns the result.
            class => Self::from_stub(stdlib::member(class, "__await__")?.ty, Some(self))?.arg(2),
        }
    }
}

const ITERATORS: [&str; 5] = [
    "collections.abc.Iterator",
    "collections.abc.Generator",
    "collections.abc.Iterable",
    "typing.Iterator",
    "typing.Iterable",
];

/// Splits `a, b[c, d]` at the commas outside brackets.
fn split_arguments(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u32;
    text.split(move |letter| {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ',' => return depth == 0,
            _ => {}
        }
        false
    })
}

impl<'a> Context<'a> {
    /// The type of an expression's value, where it can be told.
    pub fn infer(&self, expr: &Expr) -> Option<Type> {
        let find = || {
            self.fuel.set(MAX_FUEL);
            self.infer_in(expr, MAX_STEPS)
        };
        match &self.recall {
            Some(recall) => recall.types.of(expr, find),
            None => find(),
        }
    }

    fn infer_in(&self, expr: &Expr, steps: u8) -> Option<Type> {
        let steps = steps.checked_sub(1)?;
        self.fuel.set(self.fuel.get().checked_sub(1)?);
        match expr {
            Expr::StringLiteral(_) | Expr::FString(_) => Some(Type::builtin("str")),
            Expr::TString(_) => Some(Type::instance("string.templatelib.Template")),
            Expr::BytesLiteral(_) => Some(Type::builtin("bytes")),
            Expr::BooleanLiteral(_) => Some(Type::builtin("bool")),
            Expr::NumberLiteral(number) => Some(Type::builtin(match number.value {
                ast::Number::Int(_) => "int",
                ast::Number::Float(_) => "float",
                ast::Number::Complex { .. } => "complex",
            })),
            Expr::List(list) => Some(Type::with("builtins.list", vec![self.common(&list.elts, steps)])),
            Expr::Set(set) => Some(Type::with("builtins.set", vec![self.common(&set.elts, steps)])),
            Expr::Tuple(tuple) if tuple.elts.len() <= 16 => {
                let args = tuple.elts.iter().map(|element| self.infer_in(element, steps)).collect();
                Some(Type::with("builtins.tuple", args))
            }
            Expr::Dict(dict) => {
                let keys =
                    dict.items.iter().take(8).map(|item| item.key.as_ref().and_then(|key| self.infer_in(key, steps)));
                let values = dict.items.iter().take(8).map(|item| self.infer_in(&item.value, steps));
                Some(Type::with("builtins.dict", vec![agree(keys), agree(values)]))
            }
            Expr::ListComp(_) => Some(Type::builtin("list")),
            Expr::SetComp(_) => Some(Type::builtin("set")),
            Expr::DictComp(_) => Some(Type::builtin("dict")),
            Expr::Generator(_) => Some(Type::instance("collections.abc.Generator")),
            Expr::Named(named) => self.infer_in(&named.value, steps),
            Expr::If(ternary) => {
                agree([self.infer_in(&ternary.body, steps), self.infer_in(&ternary.orelse, steps)].into_iter())
            }
            Expr::BoolOp(bool_op) => agree(bool_op.values.iter().map(|value| self.infer_in(value, steps))),
            Expr::UnaryOp(unary) => match unary.op {
                ast::UnaryOp::Not => Some(Type::builtin("bool")),
                _ => self.infer_in(&unary.operand, steps),
            },
            Expr::BinOp(binary) => self.infer_binary(binary, steps),
            Expr::Await(awaited) => self.infer_in(&awaited.value, steps)?.awaited(),
            Expr::Call(call) => self.infer_call(call, steps),
            Expr::Subscript(subscript) => self.infer_subscript(subscript, steps),
            Expr::Attribute(attribute) => self.infer_attribute(attribute, steps),
            Expr::Name(name) => match self.lookup(name.id.as_str(), name.start()) {
                Lookup::Local { bindings: [Binding { kind: BindingKind::Function(def), .. }], .. } => {
                    wrapped(&self.decorator_name(def.decorator_list.first()?)?)
                }
                Lookup::Local { bindings, immediate } => self.infer_bindings(bindings, name, immediate, steps),
                Lookup::Module(ModuleBinding { kind: ModuleBindingKind::Function(info), .. }) => {
                    wrapped(info.decorators.first()?)
                }
                Lookup::Module(binding) => module_value(binding),
                Lookup::Symbol(symbol) => symbol_value(&canonical::public(&symbol.to_name())),
                Lookup::Unbound => None,
            },
            _ => None,
        }
    }

    fn common(&self, elements: &[Expr], steps: u8) -> Option<Type> {
        agree(elements.iter().take(8).map(|element| self.infer_in(element, steps)))
    }

    fn infer_binary(&self, binary: &ast::ExprBinOp, steps: u8) -> Option<Type> {
        let left = self.infer_in(&binary.left, steps)?;
        match binary.op {
            // Path / "name", "%s" % x, [0] * n, a set's operators, a counter's.
            Operator::Div if left.is_builtin("int") => {
                let right = self.infer_in(&binary.right, steps)?;
                (right.is_builtin("int") || right.is_builtin("float")).then(|| Type::builtin("float"))
            }
            Operator::Mult if left.is_builtin("list") || left.is_builtin("tuple") => {
                self.repeats(binary, steps).then_some(left)
            }
            Operator::Div | Operator::Mod | Operator::Mult if !is_number(&left) => {
                if left.class == "datetime.timedelta" { None } else { Some(left) }
            }
            _ => {
                let right = self.infer_in(&binary.right, steps)?;
                if left.class == right.class {
                    if matches!(left.class.as_str(), "datetime.datetime" | "datetime.date") {
                        return Some(Type::instance("datetime.timedelta"));
                    }
                    return Some(left);
                }
                match (left.class.as_str(), right.class.as_str()) {
                    ("builtins.int", "builtins.float") => Some(right),
                    ("builtins.float", "builtins.int")
                    | ("datetime.datetime" | "datetime.date", "datetime.timedelta") => Some(left),
                    _ => None,
                }
            }
        }
    }

    /// Whether a list or tuple is repeated. `[1, 2] * metre` and `[1, 2] * array` are what the right side makes of it; one element
    /// is there to be repeated (`[0] * n`), unless by something from another module.
    fn repeats(&self, binary: &ast::ExprBinOp, steps: u8) -> bool {
        match self.infer_in(&binary.right, steps) {
            Some(times) => times.is_builtin("int") || times.is_builtin("bool"),
            None => {
                let elements = match binary.left.as_ref() {
                    Expr::List(list) => list.elts.len(),
                    Expr::Tuple(tuple) => tuple.elts.len(),
                    _ => return false,
                };
                elements <= 1 && self.resolve_any(&binary.right).is_none()
            }
        }
    }

    fn infer_call(&self, call: &ast::ExprCall, steps: u8) -> Option<Type> {
        if let Some(symbol) = self.resolve(&call.func) {
            return self.infer_symbol_call(&canonical::public(&symbol), call, steps);
        }
        let direct = match call.func.as_ref() {
            Expr::Name(name) => {
                let found = self.lookup(name.id.as_str(), name.start());
                if let Some(object) = self.object_of(found) {
                    return self.infer_symbol_call(&object, call, steps);
                }
                match found {
                    Lookup::Module(ModuleBinding { kind, .. }) => match kind {
                        ModuleBindingKind::Class(info) => Some(Type::of_module(&info.name)),
                        ModuleBindingKind::Function(info) => called(info),
                        _ => None,
                    },
                    Lookup::Local { bindings, .. } => match bindings {
                        [Binding { kind: BindingKind::Function(def), .. }] => self.function_result(def),
                        // `cls()` in a classmethod.
                        [Binding { kind: BindingKind::Parameter(_), .. }] if name.id == "cls" => self.class_of_self(),
                        _ => None,
                    },
                    _ => None,
                }
            }
            Expr::Attribute(attribute) => {
                let receiver = self.infer_in(&attribute.value, steps)?;
                match (receiver.class.as_str(), attribute.attr.as_str()) {
                    ("pathlib.Path", "open") => return opened(call, 0),
                    (_, name) => self.method_result(&receiver, name),
                }
            }
            // `Queue[int]()`
            Expr::Subscript(subscript) => {
                let class = self.resolve(&subscript.value)?;
                return stdlib::is_class(&canonical::public(&class)).then(|| self.annotation_in(&call.func, steps))?;
            }
            _ => None,
        };
        // An instance that can be called: `Session = sessionmaker(engine)`, then `Session()`.
        direct.or_else(|| self.method_result(&self.infer_in(&call.func, steps)?, "__call__"))
    }

    /// The class or function of another module that a name of this one is another name for: `run = subprocess.run`.
    pub(super) fn object_behind(&self, name: &ast::ExprName) -> Option<Name> {
        self.object_of(self.lookup(name.id.as_str(), name.start()))
    }

    /// [`Context::object_behind`] for a name that was looked up.
    fn object_of(&self, found: Lookup<'_, '_>) -> Option<Name> {
        match found {
            Lookup::Module(ModuleBinding { kind: ModuleBindingKind::Value(Some(ty)), .. }) => ty.object(),
            Lookup::Local { bindings: [Binding { kind: BindingKind::Value(value), .. }], .. } => {
                self.type_of_object(value)?.object()
            }
            _ => None,
        }
    }

    /// The type of an expression that names a known class or function of another module.
    pub(super) fn type_of_object(&self, expr: &Expr) -> Option<Type> {
        if !matches!(expr, Expr::Name(_) | Expr::Attribute(_)) {
            return None;
        }
        let symbol = canonical::public(&self.resolve(expr)?).into_owned();
        let class = if stdlib::is_class(&symbol) {
            "builtins.type"
        } else if stdlib::function(&symbol).is_some() {
            "types.FunctionType"
        } else {
            return None;
        };
        Some(Type::with(class, vec![Some(Type::instance(&symbol))]))
    }

    /// What calling a method of an instance gives.
    pub(crate) fn method_result(&self, receiver: &Type, name: &str) -> Option<Type> {
        if let Some(class) = receiver.local_class() {
            let info = self.local_class(class)?;
            if let Some(method) = info.methods.get(name) {
                return called(method);
            }
            let base = self.external_base(info)?;
            return self.method_result(&Type::instance(&base), name);
        }
        let member = stdlib::member(&receiver.class, name)?;
        if !member.callable {
            return None;
        }
        Type::from_stub(member.ty, Some(receiver))
    }

    /// The nearest base of a local class that is not of this module, when there is just one.
    pub(crate) fn external_base(&self, info: &ClassInfo) -> Option<Name> {
        let mut info = info;
        for _ in 0..MAX_STEPS {
            let [base] = info.bases.as_slice() else { return None };
            match base.strip_prefix('@') {
                Some(local) => info = self.local_class(local)?,
                None if base.is_empty() => return None,
                None => return Some(base.clone()),
            }
        }
        None
    }

    fn infer_symbol_call(&self, symbol: &str, call: &ast::ExprCall, steps: u8) -> Option<Type> {
        let first = || call.arguments.args.first();
        match symbol {
            // Results that depend on an argument.
            "builtins.open" | "io.open" | "os.fdopen" => return opened(call, 1),
            "gzip.open" | "bz2.open" | "lzma.open" => return unpacked_file(symbol, call),
            "builtins.sorted" | "builtins.list" => {
                let item = first().and_then(|arg| self.infer_in(arg, steps)).and_then(|ty| ty.item());
                return Some(Type::with("builtins.list", vec![item]));
            }
            "builtins.set" | "builtins.frozenset" | "builtins.tuple" | "collections.deque" | "builtins.reversed"
            | "builtins.iter" => {
                let item = first().and_then(|arg| self.infer_in(arg, steps)).and_then(|ty| ty.item());
                let class = if symbol == "builtins.iter" { "collections.abc.Iterator" } else { symbol };
                return Some(Type::with(class, if symbol == "builtins.tuple" { vec![] } else { vec![item] }));
            }
            "builtins.zip" if call.arguments.keywords.is_empty() => {
                let items = call.arguments.args.iter().map(|arg| self.infer_in(arg, steps)?.item()).collect();
                return Some(Type::with("builtins.zip", vec![Some(Type::with("builtins.tuple", items))]));
            }
            "builtins.max" | "builtins.min" if call.arguments.args.len() == 1 => {
                return self.infer_in(first()?, steps)?.item();
            }
            "builtins.next" => return self.infer_in(first()?, steps)?.item(),
            "builtins.enumerate" => {
                let item = first().and_then(|arg| self.infer_in(arg, steps)).and_then(|ty| ty.item());
                return Some(Type::with("builtins.enumerate", vec![item]));
            }
            "builtins.super" => {
                let info = self.local_class(self.enclosing_class()?.name.as_str())?;
                let [base] = info.bases.as_slice() else { return None };
                return (!base.is_empty()).then(|| Type::instance(base));
            }
            "contextlib.closing" | "contextlib.nullcontext" | "copy.copy" | "copy.deepcopy" => {
                let inner = first().and_then(|arg| self.infer_in(arg, steps));
                return if symbol.starts_with("copy") { inner } else { Some(Type::with(symbol, vec![inner])) };
            }
            // `with patch("m.f") as fake`, unless something else is put in the place of the mock.
            "unittest.mock.patch" | "unittest.mock.patch.object" => {
                let given = call.arguments.args.len() > if symbol.ends_with("object") { 2 } else { 1 };
                let replaced =
                    given || ["new", "new_callable"].iter().any(|it| call.arguments.find_keyword(it).is_some());
                let mock = (!replaced).then(|| Type::instance("unittest.mock.MagicMock"));
                return Some(Type::with("contextlib.AbstractContextManager", vec![mock]));
            }
            "asyncio.wait_for" | "asyncio.shield" | "asyncio.run" => {
                let inner = self.infer_in(first()?, steps)?;
                return if symbol == "asyncio.run" { inner.awaited() } else { Some(inner) };
            }
            "re.compile" if first().is_some_and(is_for_every_text) => return Some(Type::pattern_for_every_text()),
            "asyncio.create_task" | "asyncio.ensure_future" => {
                let result = first().and_then(|arg| self.infer_in(arg, steps)).and_then(|ty| ty.awaited());
                return Some(Type::with("asyncio.Task", vec![result]));
            }
            _ => {}
        }
        // Classes that are called to make a class.
        if let "enum.Enum" | "enum.Flag" | "enum.IntEnum" | "enum.IntFlag" | "enum.StrEnum" | "typing.NamedTuple" =
            symbol
        {
            return None;
        }
        if stdlib::is_class(symbol) {
            return Some(Type::instance(symbol));
        }
        if let Some(ty) = stdlib::function(symbol) {
            return Type::from_stub(ty, None);
        }
        if let Some((owner, name)) = symbol.rsplit_once('.') {
            // `Path.home()`: a class method by the class's name.
            if let Some(member) = stdlib::member(owner, name) {
                return Type::from_stub(member.ty, Some(&Type::instance(owner)));
            }
            // `os.environ.get("HOME")`: a method of a module's variable.
            if let Some(receiver) = symbol_value(owner) {
                return self.method_result(&receiver, name);
            }
        }
        // A package's class, told by its spelling.
        let last = symbol.rsplit('.').next()?;
        let is_class = last.starts_with(|letter: char| letter.is_ascii_uppercase())
            && last.chars().any(|letter| letter.is_ascii_lowercase());
        (is_class && !stdlib::is_module(symbol)).then(|| Type::instance(symbol))
    }

    fn infer_subscript(&self, subscript: &ast::ExprSubscript, steps: u8) -> Option<Type> {
        // `Queue[int]()`: a class with arguments is still the class; handled where it is called.
        let value = self.infer_in(&subscript.value, steps)?;
        if matches!(subscript.slice.as_ref(), Expr::Slice(_)) {
            return Some(value);
        }
        match value.class.as_str() {
            "builtins.str" => Some(value),
            "builtins.bytes" => Some(Type::builtin("int")),
            "builtins.tuple" => match subscript.slice.as_ref() {
                Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(at), .. }) => {
                    value.arg(at.as_usize()?)
                }
                _ => None,
            },
            // One column, or some columns or rows.
            "pandas.DataFrame" | "polars.DataFrame" => match subscript.slice.as_ref() {
                Expr::StringLiteral(_) => Some(Type::instance(&value.class.replace("DataFrame", "Series"))),
                Expr::List(_) | Expr::Compare(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => Some(value),
                _ => None,
            },
            _ => {
                let member = stdlib::member(&value.class, "__getitem__")?;
                Type::from_stub(member.ty, Some(&value))
            }
        }
    }

    fn infer_attribute(&self, attribute: &ast::ExprAttribute, steps: u8) -> Option<Type> {
        if let Some(symbol) = self.resolve_attribute(attribute) {
            return symbol_value(&canonical::public(&symbol));
        }
        let receiver = self.infer_in(&attribute.value, steps)?;
        let name = attribute.attr.as_str();
        if let Some(class) = receiver.local_class() {
            let info = self.local_class(class)?;
            if let Some(ty) = info.attributes.get(name) {
                return ty.clone();
            }
            let base = self.external_base(info)?;
            let member = stdlib::member(&base, name).filter(|member| !member.callable)?;
            return Type::from_stub(member.ty, Some(&Type::instance(&base)));
        }
        let Some(member) = stdlib::member(&receiver.class, name) else {
            // Whatever is asked of a mock is another one.
            return stdlib::descends(&receiver.class, "unittest.mock.NonCallableMock").then_some(receiver);
        };
        Type::from_stub(Some(member).filter(|member| !member.callable)?.ty, Some(&receiver))
    }

    /// The type that all bindings that may hold at the use agree on.
    fn infer_bindings(
        &self,
        bindings: &[Binding<'a>],
        name: &ast::ExprName,
        immediate: bool,
        steps: u8,
    ) -> Option<Type> {
        let live: &[Binding<'a>] = if immediate {
            let preceding = bindings.partition_point(|binding| binding.from <= name.start());
            let preceding = &bindings[..preceding];
            // Where none is bound on every way to the use, the name has the value of one of them, or none at all.
            let dominating = preceding.iter().rposition(|binding| self.is_active_suite(binding.suite));
            &preceding[dominating.unwrap_or_default()..]
        } else {
            bindings
        };
        let name = name.id.as_str();
        agree(live.iter().filter(|binding| !is_none(binding)).map(|binding| self.infer_binding(binding, name, steps)))
    }

    fn infer_binding(&self, binding: &Binding<'a>, name: &str, steps: u8) -> Option<Type> {
        match binding.kind {
            BindingKind::Value(value) => self.infer_in(value, steps),
            BindingKind::Annotated(annotation, value) => {
                self.type_of_annotation(annotation).or_else(|| self.infer_in(value?, steps))
            }
            BindingKind::Parameter(parameter) => match &parameter.parameter.annotation {
                Some(annotation) => self.type_of_annotation(annotation),
                None if self.is_self(parameter) => self.class_of_self(),
                None if self.has_fixtures() => fixture(name),
                // A default shows one of the types that the parameter takes, no more.
                None => None,
            },
            BindingKind::VarPositional(_) => Some(Type::builtin("tuple")),
            BindingKind::VarKeyword(parameter) => {
                let value = parameter.annotation.as_deref().and_then(|annotation| self.type_of_annotation(annotation));
                Some(Type::with("builtins.dict", vec![Some(Type::builtin("str")), value]))
            }
            BindingKind::With(context, is_async) => self.infer_in(context, steps)?.entered(is_async),
            BindingKind::For(iterable, is_async) => self.infer_in(iterable, steps)?.iterated(is_async),
            BindingKind::Part(target, whole) => {
                let whole = match whole {
                    Whole::Value(value) => self.infer_in(value, steps),
                    Whole::With(context, is_async) => self.infer_in(context, steps)?.entered(is_async),
                    Whole::For(iterable, is_async) => self.infer_in(iterable, steps)?.iterated(is_async),
                };
                whole?.unpacked(target).into_iter().find(|(part, _)| part.id == name)?.1
            }
            BindingKind::Except(Some(ty)) => self.caught(ty),
            _ => None,
        }
    }

    /// The type of what `with context as x` binds.
    pub(super) fn type_of_with(&self, context: &Expr, is_async: bool) -> Option<Type> {
        self.infer(context)?.entered(is_async)
    }

    /// The type of what `for x in iterable` binds.
    pub(super) fn type_of_item(&self, iterable: &Expr, is_async: bool) -> Option<Type> {
        self.infer(iterable)?.iterated(is_async)
    }

    /// The type of the exception that a handler for this class names.
    pub(super) fn caught(&self, ty: &Expr) -> Option<Type> {
        Some(Type::instance(&canonical::public(&self.resolve(ty)?)))
    }

    /// Whether the parameter is the first of a method (and so the instance).
    fn is_self(&self, parameter: &ast::ParameterWithDefault) -> bool {
        self.scopes().windows(2).any(|pair| match (pair[0].kind, pair[1].kind) {
            (ScopeKind::Class(_), ScopeKind::Function(def)) => {
                let first = def.parameters.posonlyargs.first().or(def.parameters.args.first());
                let by_class = def.decorator_list.iter().any(|decorator| {
                    matches!(&decorator.expression, Expr::Name(name) if name.id == "staticmethod" || name.id == "classmethod")
                });
                !by_class && first.is_some_and(|first| std::ptr::eq(first, parameter))
            }
            _ => false,
        })
    }

    /// Whether pytest passes the parameters of the function around: it is a test or a fixture.
    fn has_fixtures(&self) -> bool {
        self.enclosing_function().is_some_and(|def| {
            def.name.as_str().starts_with("test_")
                || def
                    .decorator_list
                    .iter()
                    .any(|it| self.decorator_name(it).is_some_and(|name| name == "pytest.fixture"))
        })
    }

    /// The qualified name of a decorator, called or not.
    fn decorator_name(&self, decorator: &ast::Decorator) -> Option<Name> {
        let callee = match &decorator.expression {
            Expr::Call(call) => call.func.as_ref(),
            other => other,
        };
        Some(Name::new(canonical::public(&self.resolve(callee)?)))
    }

    fn class_of_self(&self) -> Option<Type> {
        Some(Type::of_module(&self.enclosing_class()?.name))
    }

    /// What a call of a function of this file gives, by its annotation.
    pub(crate) fn function_result(&self, def: &ast::StmtFunctionDef) -> Option<Type> {
        let returns = def.returns.as_deref().and_then(|annotation| self.type_of_annotation(annotation));
        let is_coroutine = def.is_async && !has_yield(&def.body);
        result(&decorators(def, self), returns, is_coroutine)
    }

    /// The type that an annotation names; `None` where it leaves a choice (`int | str`) or nothing is known.
    pub fn type_of_annotation(&self, annotation: &Expr) -> Option<Type> {
        self.annotation_in(annotation, MAX_STEPS)
    }

    fn annotation_in(&self, annotation: &Expr, steps: u8) -> Option<Type> {
        let steps = steps.checked_sub(1)?;
        match annotation {
            Expr::StringLiteral(literal) => {
                let parsed = ruff_python_parser::parse_expression(literal.value.to_str()).ok()?;
                self.annotation_in(parsed.expr(), steps)
            }
            Expr::BinOp(ast::ExprBinOp { left, op: Operator::BitOr, right, .. }) => {
                if right.is_none_literal_expr() {
                    self.annotation_in(left, steps)
                } else if left.is_none_literal_expr() {
                    self.annotation_in(right, steps)
                } else {
                    None
                }
            }
            Expr::Subscript(subscript) => {
                let symbol = canonical::public(&self.resolve_any(&subscript.value)?).into_owned();
                match symbol.as_str() {
                    "typing.Optional" | "typing.Final" | "typing.ClassVar" | "typing.Required"
                    | "typing.NotRequired" | "typing.ReadOnly" => self.annotation_in(&subscript.slice, steps),
                    "typing.Annotated" => match subscript.slice.as_ref() {
                        Expr::Tuple(tuple) => self.annotation_in(tuple.elts.first()?, steps),
                        single => self.annotation_in(single, steps),
                    },
                    "typing.Union" => match subscript.slice.as_ref() {
                        Expr::Tuple(tuple) => {
                            let mut members = tuple.elts.iter().filter(|member| !member.is_none_literal_expr());
                            let only = members.next()?;
                            if members.next().is_some() { None } else { self.annotation_in(only, steps) }
                        }
                        single => self.annotation_in(single, steps),
                    },
                    "typing.Literal" | "typing.Type" | "builtins.type" | "typing.TypeGuard" | "typing.TypeIs" => None,
                    class => {
                        let args = match subscript.slice.as_ref() {
                            Expr::Tuple(tuple) => tuple.elts.iter().map(|arg| self.annotation_in(arg, steps)).collect(),
                            single => vec![self.annotation_in(single, steps)],
                        };
                        Some(Type::with(&canonical::runtime_class(class), args))
                    }
                }
            }
            Expr::Name(name) => {
                match self.lookup(name.id.as_str(), name.start()) {
                    Lookup::Symbol(symbol) => self.annotated_symbol(&symbol.to_name()),
                    Lookup::Module(binding) => match &binding.kind {
                        ModuleBindingKind::Class(info) => Some(Type::of_module(&info.name)),
                        _ => None,
                    },
                    // A class may be named in an annotation before it is bound.
                    Lookup::Unbound => self.module_class(name.id.as_str()).map(|info| Type::of_module(&info.name)),
                    Lookup::Local { .. } => None,
                }
            }
            Expr::Attribute(attribute) => self.annotated_symbol(&self.resolve_attribute(attribute)?),
            _ => None,
        }
    }

    fn annotated_symbol(&self, symbol: &str) -> Option<Type> {
        let symbol = canonical::public(symbol);
        match symbol.as_ref() {
            "typing.Any" | "typing.NoReturn" | "typing.Never" | "builtins.object" | "typing.AnyStr" => None,
            "typing.Self" => self.class_of_self(),
            name if name.starts_with('.') => None,
            name => Some(Type::instance(&canonical::runtime_class(name))),
        }
    }
}

/// What pytest passes as the parameter with this name.
fn fixture(name: &str) -> Option<Type> {
    Some(Type::instance(match name {
        "monkeypatch" => "pytest.MonkeyPatch",
        "tmp_path" => "pathlib.Path",
        "capsys" | "capfd" => "pytest.CaptureFixture",
        "caplog" => "pytest.LogCaptureFixture",
        _ => return None,
    }))
}

/// The object that the outermost decorator makes of a function, where that is more than a function.
fn wrapped(decorator: &str) -> Option<Type> {
    Some(Type::instance(match decorator {
        "functools.lru_cache" | "functools.cache" => "functools._lru_cache_wrapper",
        "functools.singledispatch" => "functools._SingleDispatchCallable",
        _ => return None,
    }))
}

/// What calling a function gives.
fn called(info: &FunctionInfo) -> Option<Type> {
    result(&info.decorators, info.returns.clone(), info.is_async && !info.is_generator)
}

/// What calling a function gives that has these decorators, and an annotation with this type.
fn result(decorators: &[Name], returns: Option<Type>, is_coroutine: bool) -> Option<Type> {
    let yielded = || returns.as_ref().and_then(|iterator| iterator.arg(0));
    for decorator in decorators {
        match decorator.as_str() {
            "contextlib.contextmanager" => {
                return Some(Type::with("contextlib.AbstractContextManager", vec![yielded()]));
            }
            "contextlib.asynccontextmanager" => {
                return Some(Type::with("contextlib.AbstractAsyncContextManager", vec![yielded()]));
            }
            _ => {}
        }
    }
    if is_coroutine { Some(Type::with("typing.Awaitable", vec![returns])) } else { returns }
}

/// The value of a module's variable (`sys.argv`), or of an attribute of a class or of such a value.
fn symbol_value(symbol: &str) -> Option<Type> {
    if let Some(ty) = stdlib::variable(symbol) {
        return Type::from_stub(ty, None);
    }
    let (owner, name) = symbol.rsplit_once('.')?;
    let owner = if stdlib::is_class(owner) { Type::instance(owner) } else { symbol_value(owner)? };
    let member = stdlib::member(&owner.class, name).filter(|member| !member.callable)?;
    Type::from_stub(member.ty, Some(&owner))
}

/// The file that `open` gives, by the mode at this place among the arguments.
fn opened(call: &ast::ExprCall, position: usize) -> Option<Type> {
    let mode = match call.arguments.find_argument_value("mode", position) {
        None => "r",
        Some(Expr::StringLiteral(mode)) => mode.value.to_str(),
        Some(_) => return None,
    };
    Some(Type::instance(match mode {
        _ if !mode.contains('b') => "io.TextIOWrapper",
        _ if mode.contains('+') => "io.BufferedRandom",
        _ if mode.contains('r') => "io.BufferedReader",
        _ => "io.BufferedWriter",
    }))
}

/// What is no sequence: with an array or a quantity it makes one of these.
fn is_number(ty: &Type) -> bool {
    ["int", "bool", "float", "complex"].iter().any(|number| ty.is_builtin(number))
}

fn is_for_every_text(pattern: &Expr) -> bool {
    matches!(pattern, Expr::StringLiteral(pattern) if fits_every_text(pattern.value.to_str()))
}

/// The file that the `open` of a module for compressed files gives: bytes unless text is asked for.
fn unpacked_file(symbol: &str, call: &ast::ExprCall) -> Option<Type> {
    let is_text = match call.arguments.find_argument_value("mode", 1) {
        None => false,
        Some(Expr::StringLiteral(mode)) => mode.value.to_str().contains('t'),
        Some(_) => return None,
    };
    Some(Type::instance(match symbol {
        _ if is_text => "io.TextIOWrapper",
        "gzip.open" => "gzip.GzipFile",
        "bz2.open" => "bz2.BZ2File",
        _ => "lzma.LZMAFile",
    }))
}

fn module_value(binding: &ModuleBinding) -> Option<Type> {
    match &binding.kind {
        ModuleBindingKind::Value(ty) => ty.clone(),
        _ => None,
    }
}

fn is_none(binding: &Binding<'_>) -> bool {
    matches!(binding.kind, BindingKind::Value(Expr::NoneLiteral(_)))
}

/// The one type that all give; `None` when one is unknown or two differ in class.
fn agree(mut types: impl Iterator<Item = Option<Type>>) -> Option<Type> {
    let first = types.next()??;
    for other in types {
        let other = other?;
        if other.class != first.class {
            return None;
        }
        if other.args != first.args {
            return Some(Type { class: first.class, args: Vec::new() });
        }
    }
    Some(first)
}
