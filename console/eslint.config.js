import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["dist", "node_modules", "src/api/generated/schema.d.ts", "public"] },
  js.configs.recommended,
  {
    files: ["browser/**/*.mjs"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "console",
          "process",
          "setTimeout",
          "URL",
          "addEventListener",
          "document",
          "fetch",
          "performance",
          "innerWidth",
          "localStorage",
          "requestAnimationFrame",
          "PerformanceObserver",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    files: ["src/**/*.{ts,tsx}", "*.ts"],
    extends: [
      ...ts.configs.strictTypeChecked,
      a11y.flatConfigs.recommended,
      hooks.configs.flat["recommended-latest"],
    ],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      // Redirects of the router are thrown values by its own design.
      "@typescript-eslint/only-throw-error": "off",
      // The first field of a dialog takes the focus: that is what a dialog should do.
      "jsx-a11y/no-autofocus": "off",
      "max-lines": ["error", { max: 300, skipBlankLines: true }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "CallExpression[callee.property.name='toLocaleString']",
          message: "Use useFormat() of look/format.",
        },
      ],
    },
  },
);
