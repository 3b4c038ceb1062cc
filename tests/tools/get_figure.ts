// Prints a figure, how many figures its series has, and the title of its citation.
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const [baseUrl, id] = process.argv.slice(2) as [string, string];
const client = createClient<paths>({ baseUrl });

const figure = await client.GET("/v1/figures/{id}", { params: { path: { id } } });
if (figure.error) throw new Error(figure.error.detail);
const { value, qualifier, as_of, source, series } = figure.data.data;

const list = await client.GET("/v1/figures", {
  params: { query: { series: [series], qualifier: [qualifier, "!about"] } },
});
if (list.error) throw new Error(list.error.detail);

const citation = await client.GET("/v1/figures/{id}/citation", {
  params: { path: { id }, query: { style: "csl-json" } },
});
if (citation.error) throw new Error(citation.error.detail);
if (typeof citation.data === "string") throw new Error("not CSL-JSON");
const cited = citation.data[0]?.title;

const in_series = list.data.total;
console.log(JSON.stringify({ value, qualifier, as_of: as_of.edtf, source, in_series, cited }));
