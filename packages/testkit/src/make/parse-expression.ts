import { must } from "@sayso/must";
/** An expression of Make's template language (IML), limited to the forms that our app and its blueprints use. */
export type Expression =
  | { kind: "literal"; value: string | number }
  | { kind: "path"; root: string; steps: Step[] }
  | { kind: "call"; name: string; args: Expression[] }
  | { kind: "unary"; operator: "!" | "-"; operand: Expression }
  | { kind: "binary"; operator: BinaryOperator; left: Expression; right: Expression };

/** `.name`, `` .`any name` `` or `[n]`; `[]` is the first. */
export type Step = { key: string } | { index: Expression | null };

export type BinaryOperator =
  "|" | "&" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%";

interface Token {
  kind: "number" | "text" | "name" | "sign" | "end";
  text: string;
}

/**
 * Maps the two spellings of an operator to one (developers.make.com/custom-apps-documentation/block-elements/iml:
 * "Available operators").
 */
const spellings: Record<string, string> = {
  "||": "|",
  "&&": "&",
  "==": "=",
  "===": "=",
  "!==": "!=",
};
const tokenPattern =
  /\s*(?:(\d+(?:\.\d+)?(?![\w.])|\d+\.\d+)|"([^"]*)"|'([^']*)'|`([^`]*)`|([\p{L}_$][\p{L}\p{N}_$]*|\d+(?=\.[\p{L}_`$]))|(===|!==|==|!=|<=|>=|\|\||&&|[-+*/%<>=!|&()[\].,;]))/uy;

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < source.trimEnd().length) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(source);
    if (!match) throw new SyntaxError(`{{${source}}}: not understood at ${source.slice(at)}`);
    const [, number, double, single, quoted, name, sign] = match;
    if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (double !== undefined || single !== undefined)
      tokens.push({ kind: "text", text: double ?? single ?? "" });
    else if (quoted !== undefined || name !== undefined)
      tokens.push({ kind: "name", text: quoted ?? name ?? "" });
    else tokens.push({ kind: "sign", text: spellings[must(sign)] ?? must(sign) });
  }
  tokens.push({ kind: "end", text: "the end" });
  return tokens;
}

/** The operators by precedence, lowest first. Operators of one level bind from the left. */
const levels: readonly (readonly string[])[] = [
  ["|"],
  ["&"],
  ["=", "!="],
  ["<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/", "%"],
];

/**
 * Parses the text between `{{` and `}}`: paths, literals, operators, and calls with `;` or `,` between their arguments
 * (the app's code has commas, a scenario's mapping semicolons).
 *
 * @throws SyntaxError
 */
export function parseExpression(source: string): Expression {
  const tokens = tokenize(source);
  let at = 0;
  const peek = () => must(tokens[at]);
  const isSign = (...signs: string[]) => peek().kind === "sign" && signs.includes(peek().text);
  const fail = (wanted: string): never => {
    throw new SyntaxError(`{{${source}}}: ${wanted} is missing before ${peek().text}`);
  };
  const expectSign = (sign: string) => {
    if (!isSign(sign)) fail(sign);
    at++;
  };

  function binary(level: number): Expression {
    const operators = levels[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    while (isSign(...operators)) {
      const operator = must(tokens[at++]).text as BinaryOperator;
      left = { kind: "binary", operator, left, right: binary(level + 1) };
    }
    return left;
  }

  function unary(): Expression {
    if (!isSign("!", "-")) return primary();
    const operator = must(tokens[at++]).text as "!" | "-";
    return { kind: "unary", operator, operand: unary() };
  }

  function primary(): Expression {
    const token = must(tokens[at++]);
    if (token.kind === "number") return { kind: "literal", value: Number(token.text) };
    if (token.kind === "text") return { kind: "literal", value: token.text };
    if (token.kind === "name") return isSign("(") ? call(token.text) : path(token.text);
    at--;
    if (!isSign("(")) fail("a value");
    at++;
    const inner = binary(0);
    expectSign(")");
    return inner;
  }

  function call(name: string): Expression {
    expectSign("(");
    const args: Expression[] = [];
    while (!isSign(")")) {
      args.push(binary(0));
      if (isSign(",", ";")) at++;
      else if (!isSign(")")) fail(")");
    }
    expectSign(")");
    return { kind: "call", name, args };
  }

  function path(root: string): Expression {
    const steps: Step[] = [];
    for (;;) {
      if (isSign(".")) {
        at++;
        if (peek().kind !== "name") fail("a name");
        steps.push({ key: must(tokens[at++]).text });
      } else if (isSign("[")) {
        at++;
        steps.push({ index: isSign("]") ? null : binary(0) });
        expectSign("]");
      } else return { kind: "path", root, steps };
    }
  }

  const whole = binary(0);
  if (peek().kind !== "end") fail("an operator");
  return whole;
}
