/** Puts a text among the visitor's downloads. */
export function saveText(name: string, text: string, type = 'text/csv;charset=utf-8'): void {
  saveBlob(name, new Blob([text], { type }))
}

export function saveBlob(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  // A name of a tenant's object becomes a file's: nothing in it that a file system reads.
  link.download = name.replaceAll(/[^\p{L}\p{N} ._-]+/gu, '_')
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
