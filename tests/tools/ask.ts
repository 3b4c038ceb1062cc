// A client that was generated from the OpenAPI document, asking for one figure and for a list.
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const [address, id] = process.argv.slice(2) as [string, string];
const client = createClient<paths, "application/json" | "application/problem+json">({ baseUrl: address });
const one = await client.GET("/v1/figures/{id}", { params: { path: { id } } });
if (one.error) throw new Error(one.error.detail);
const { value, qualifier, as_of, source } = one.data.data;
const list = await client.GET("/v1/figures", { params: { query: { qualifier: ["over"] } } });
if (list.error) throw new Error(list.error.detail);
console.log(JSON.stringify({ value, qualifier, as_of: as_of?.edtf, source, over: list.data.total }));
