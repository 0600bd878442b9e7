/** No bytes: one array for all, since nobody can write to it. */
export const EMPTY_BYTES: Uint8Array<ArrayBuffer> = /* @__PURE__ */ new Uint8Array(0)
