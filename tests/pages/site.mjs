export async function site() {}
