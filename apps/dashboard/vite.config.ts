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
    // One file of all that every page needs: in a dozen small ones it takes more requests and packs less tightly.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } },
    },
  },
  css: { modules: { localsConvention: "camelCaseOnly" } },
});
