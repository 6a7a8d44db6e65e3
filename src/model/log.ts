/** What an edge needs of a logger: figures as data, then a sentence. Pino fits it. */
export interface Log {
  info(figures: object, sentence: string): void
  warn(figures: object, sentence: string): void
  error(figures: object, sentence: string): void
}

export const SILENT_LOG: Log = { info() {}, warn() {}, error() {} }
