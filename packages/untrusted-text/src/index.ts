export { readMarkdown, type Block, type Inline } from "./markdown.ts";
export { piecesOfAddress, plainLineWithAddresses } from "./address.ts";
export { piecesOf, plainLine, webAddress, type Piece } from "./text.ts";
