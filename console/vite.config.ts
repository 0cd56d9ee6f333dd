import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Three pages, one build. What the server puts into each of them is in platform/src/server/pages. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // The server puts a new one into every answer.
  html: { cspNonce: '__NONCE__' },
  build: {
    target: 'es2023',
    rolldownOptions: { input: ['sign-in.html', 'operator.html', 'portal.html'] },
    assetsInlineLimit: 0, // a picture in the script would be no picture of this host's to the policy
    chunkSizeWarningLimit: 1000, // sizes are promised, and measured, by a test
    manifest: true, // which file holds what: the test of sizes reads it
    reportCompressedSize: false,
  },
})
