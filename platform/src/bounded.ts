/**
 * Of an LRUCache: at most so many entries. Not `max`, which takes the room for all of them when it is made: of a hundred thousand
 * that is 2 MB, in every server that never sees as many.
 */
export function atMost(entries: number) {
  return { maxSize: entries, sizeCalculation: () => 1 }
}
