/**
 * The token of a mail's link. It is in the fragment, which no server sees. It stays there, so that the page can be loaded again; when
 * it has done its work, the next page takes this one's place in the history.
 */
export const linkToken: string | undefined = new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined
