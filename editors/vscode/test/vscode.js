// Stands in for VS Code where what is tested does not need it.
module.exports = {};
