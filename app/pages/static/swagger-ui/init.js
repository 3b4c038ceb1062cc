// Until "Try it out", a parameter is a row of a table with an example, without a disabled field.
const ReadableParameters = {
  wrapComponents: {
    JsonSchemaForm: (Field, { React, getComponent }) => (props) => {
      if (!props.disabled) return React.createElement(Field, props);
      const example = props.schema.getIn(["examples", 0]);
      if (example === undefined) return null;
      const text = `<i>Example</i> : \`${example.join?.(",") ?? example}\``;
      return React.createElement(getComponent("Markdown", true), { source: text });
    },
  },
};

// What the filter leaves is shown, also under a closed tag.
const OpenWhileFiltering = {
  statePlugins: {
    layout: {
      wrapSelectors: {
        isShown: (isShown) => (state, thing, byDefault) =>
          (thing[0] === "operations-tag" && state.get("filter")?.length > 0) ||
          isShown(thing, byDefault),
      },
    },
  },
};

const dark = matchMedia("(prefers-color-scheme: dark)");
const followScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", followScheme);
followScheme();

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  plugins: [ReadableParameters, OpenWhileFiltering],
});
