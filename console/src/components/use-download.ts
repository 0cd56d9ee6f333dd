import { useMutation } from '@tanstack/react-query'
import { saveBlob } from './save-file.ts'

export interface Download {
  readonly name: string
  readonly load: () => Promise<Blob>
}

/** Fetches a file and puts it among the visitor's downloads; `error` goes into the page's `ProblemAlert`. */
export function useDownload() {
  return useMutation({ mutationFn: async ({ name, load }: Download) => saveBlob(name, await load()) })
}
