import { piecesOf, plainLine, type Piece } from "./text.ts";

/**
 * Splits an e-mail address into pieces, so that a page can show each character that isn't plain ASCII by its code,
 * after the character itself: `о` (U+043E) passes for `o` otherwise. The pieces hold the whole address, in order.
 */
export const piecesOfAddress = (address: string): Piece[] =>
  piecesOf(address).flatMap((piece) =>
    "hidden" in piece
      ? [piece]
      : piece.shown
          .split(/(?<=[^\0-\x7f])|(?=[^\0-\x7f])/u)
          .flatMap((part): Piece[] =>
            isAscii(part)
              ? [{ shown: part }]
              : [{ shown: part }, { hidden: codeOf(part), name: "not one of the letters a to z" }],
          ),
  );

/** Returns a text on one line and as plain text (`plainLine`), with its e-mail addresses split as `piecesOfAddress` does. */
export const plainLineWithAddresses = (text: string): string =>
  text
    .split(/([^\s()<>]+@[^\s()<>]+)/u)
    .map((part, index) =>
      index % 2 === 0
        ? plainLine(part)
        : piecesOfAddress(part)
            .map((piece) => ("hidden" in piece ? `[U+${piece.hidden}]` : piece.shown))
            .join(""),
    )
    .join("");

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

const codeOf = (character: string): string =>
  (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
