/** The type of views that the browser renders too, as the bundler (web/build.ts) compiles them. */
declare module '*.hbs' {
  const render: (context: unknown) => string;
  export default render;
}
declare module 'handlebars/runtime.js' {
  const Handlebars: {
    registerHelper(helpers: Record<string, (...args: never[]) => unknown>): void;
    registerPartial(name: string, partial: (context: unknown) => string): void;
  };
  export default Handlebars;
}
