/** What the gateway and its Parquet engine tell each other; the engine lives in a process of its own. */
import type { Interval } from '../model/instant.ts'

/** Figures of a sealed file, from its footer. */
export type FileFigures = {
  readonly readings: number
  /** Measured; both belong to it. */
  readonly earliest: number
  readonly latest: number
  /** When the newest of its commits was made. */
  readonly receivedAt: number
}

export type EngineSettings = {
  readonly folder: string
  readonly memoryLimitMb: number
  readonly threads: number
  /**
   * For merges, which nobody waits for: with the lowest of claims to the processor, and a place of its own
   * for what memory cannot hold.
   */
  readonly isGentle?: boolean
}

/** File names are relative to the folder. */
export type Ask =
  /** Figures from the footer; `whole`: the content is checked too. */
  | { readonly is: 'inspect'; readonly file: string; readonly whole: boolean }
  /** Writes what the files hold, without repeats, to a temporary file. */
  | { readonly is: 'merge'; readonly files: readonly string[]; readonly to: string }
  | ({
      readonly is: 'rows'
      readonly files: readonly string[]
      readonly device: string
      readonly limit: number
    } & Interval)

export type Answers = {
  inspect: FileFigures
  merge: Written
  rows: readonly SealedRow[]
}

export type Written = FileFigures & {
  /** CRC-32 of the whole file, 8 hexadecimal digits. */
  readonly checksum: string
}

/** Values and doubts as JSON. */
export type SealedRow = readonly [
  at: number,
  receivedAt: number,
  offset: number,
  ord: number,
  values: string,
  doubts: string | null,
]

export type Asked = { readonly id: number; readonly ask: Ask }

export type Answered = { readonly id: number } & (
  | { readonly answer: Answers[keyof Answers] }
  | { readonly damaged: string; readonly because: string }
  | { readonly failed: string }
)
