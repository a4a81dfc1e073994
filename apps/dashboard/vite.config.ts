import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/**
 * The dashboard is served below /app/. Everything that a page needs lies in dist/, and nothing is inlined, because the
 * Content-Security-Policy forbids it.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: "/app/",
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    // One file holds what every page needs. A dozen small files would take more requests and compress less well.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } },
    },
  },
  css: { modules: { localsConvention: "camelCaseOnly" } },
});
