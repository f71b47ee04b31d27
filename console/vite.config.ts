import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The hub that answers while pages are worked on. */
const hub = process.env["MUSUBI_HUB"] ?? "http://127.0.0.1:8080";

/** What the hub sends with the console; `vite preview` sends it too, so that a breach is seen early. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export default defineConfig({
  plugins: [react()],
  // Sentences by code are kept once for the program and the console, beside it.
  server: { proxy: { "/api": hub, "/oauth": hub }, fs: { allow: [".", "../texts"] } },
  preview: { proxy: { "/api": hub, "/oauth": hub }, headers: { "Content-Security-Policy": policy } },
  // The hub's content security policy allows no inline script and no font or picture from elsewhere.
  build: { assetsInlineLimit: 0, target: "es2022", chunkSizeWarningLimit: 700 },
  test: {
    environment: "jsdom",
    setupFiles: ["./vitest.setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    css: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    sequence: { hooks: "list" },
  },
});
