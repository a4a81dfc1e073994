import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Served below /app/; everything that a page needs lies in dist/, and nothing in it is inlined (CSP). */
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
  },
  css: { modules: { localsConvention: "camelCaseOnly" } },
});
