/**
 * Builds the page into `dist/control-room/`, from where the gateway serves it. Nothing is inlined, so that
 * its content security policy can be strict.
 */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: '../../dist/control-room',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_200, // MapLibre in one lazy chunk
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})
