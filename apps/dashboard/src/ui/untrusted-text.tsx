import { piecesOf, piecesOfAddress, webAddress, type Piece } from "@sayso/untrusted-text";
import { Fragment, type ReactNode } from "react";
import { strings } from "../strings/index.ts";
import styles from "./untrusted-text.module.css";

interface UntrustedTextProps {
  text: string;
  /** Whether line breaks are kept. Default: the text is on one line. */
  isBlock?: boolean;
}

/**
 * Somebody else's text, set apart from its surroundings. It is never read as HTML. Characters that show nothing, or
 * that turn the direction of the text, are made visible.
 */
export function UntrustedText({ text, isBlock = false }: UntrustedTextProps) {
  if (isBlock)
    return (
      <div className={styles.block} dir="auto">
        {marked(text.replace(/\r\n?/g, "\n"))}
      </div>
    );
  return <bdi>{marked(text.replace(/[\n\r\t]+/g, " "))}</bdi>;
}

/** An e-mail address. Characters that aren't plain ASCII are followed by their codes, because they can pass for others. */
export const EmailAddress = ({ address }: { address: string }) => (
  <bdi>{renderPieces(piecesOfAddress(address))}</bdi>
);

/** Makes characters visible that show nothing. For a part of a text that is set apart already. */
export const marked = (text: string): ReactNode => renderPieces(piecesOf(text));

const renderPieces = (pieces: readonly Piece[]): ReactNode =>
  pieces.map((piece, index) =>
    "shown" in piece ? (
      <Fragment key={index}>{piece.shown}</Fragment>
    ) : (
      <span
        key={index}
        className={styles.hidden}
        title={strings.common.hiddenCharacter(piece.hidden, piece.name)}
      >
        U+{piece.hidden}
      </span>
    ),
  );

/** A link to an address that somebody else gave, if it is a plain web address. Otherwise only its words. */
export function OutwardLink({
  address,
  children,
}: {
  address: string | null;
  children: ReactNode;
}) {
  const url = webAddress(address);
  if (!url) return <>{children}</>;
  return (
    <a href={url.href} rel="noopener noreferrer nofollow" target="_blank">
      {children}
    </a>
  );
}
