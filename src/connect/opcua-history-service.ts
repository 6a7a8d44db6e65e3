/** The server's HistoryRead service (OPC UA Part 11 §6.5.3, raw values), asked politely and answered in our words. */
import type { ClientSession, HistoryReadResult, TimestampsToReturn } from 'node-opcua-client'
import type { DataChange } from './connector.ts'
import type { HistoryPage, HistoryQuestion, ReadHistory } from './opcua-history.ts'
import { dataChangeOf } from './opcua-values.ts'

/** The request or its answer is larger than the server takes: the same is asked in two halves. */
const TOO_MUCH =
  /BadTooManyOperations|BadRequestTooLarge|BadResponseTooLarge|BadEncodingLimitsExceeded|BadNoContinuationPoints/
/** There is nothing to be had from this server at all. */
const NO_HISTORY =
  /BadServiceUnsupported|BadHistoryOperation|BadUserAccessDenied|BadNotSupported|BadNotImplemented/
/**
 * Not of this stretch, while others may be had: older than the archive, or from when it was not written (Part
 * 11 §6.7).
 */
const LACKING = /BadDataLost|BadDataUnavailable|BadBoundNotFound/
/** Each answer that goes on takes up one of few places at the server, and all are taken. */
const NO_PLACE = 'BadNoContinuationPoints'
/** What an answer was to go on from is gone, for answers to others took its place. */
const LET_GO = 'BadContinuationPointInvalid'
/** Said by servers of older releases where newer ones say GoodNoData. */
const NOTHING_THEN = 'BadNoData'
const BAD = 2

export type HistoryServiceParts = {
  readonly session: Pick<ClientSession, 'readHistoryValue'>
  readonly source: string
  /** The node id of this server's run; undefined where it does not have the namespace. */
  resolve(nodeId: string): string | undefined
  readonly timestampsToReturn: TimestampsToReturn
}

export function historyService({ session, source, ...parts }: HistoryServiceParts): ReadHistory {
  const ask: ReadHistory = async (asked, from, to, valuesPerNode) => {
    const nodes = asked.map(({ nodeId, more }) => ({
      nodeId: parts.resolve(nodeId) ?? nodeId,
      ...(more && { continuationPoint: Buffer.from(more) }),
    }))
    try {
      const results = await session.readHistoryValue(nodes, new Date(from), new Date(to), {
        numValuesPerNode: valuesPerNode,
        returnBounds: false,
        timestampsToReturn: parts.timestampsToReturn,
      })
      return results.map((result, index) => pageOf(source, asked[index] as HistoryQuestion, result))
    } catch (cause) {
      const sentence = (cause as Error).message.split('\n')[0] ?? ''
      if (asked.length > 1 && TOO_MUCH.test(sentence)) {
        const half = Math.ceil(asked.length / 2)
        return [
          ...(await ask(asked.slice(0, half), from, to, valuesPerNode)),
          ...(await ask(asked.slice(half), from, to, valuesPerNode)),
        ]
      }
      if (NO_HISTORY.test(sentence)) return asked.map(() => ({ refusal: sentence }))
      throw cause
    }
  }
  return ask
}

function pageOf(source: string, { nodeId }: HistoryQuestion, result: HistoryReadResult): HistoryPage {
  const { statusCode, historyData, continuationPoint } = result
  const { name } = statusCode
  if (name === NOTHING_THEN) return { values: [] }
  if (name === NO_PLACE) return { later: name }
  if (name === LET_GO) return { again: name }
  const lacks = LACKING.test(name)
  if (statusCode.value >>> 30 >= BAD && !lacks) return { refusal: name }
  const data = historyData && 'dataValues' in historyData ? historyData.dataValues : undefined
  const values = Array.isArray(data)
    ? data.map((value): DataChange => dataChangeOf(source, nodeId, value))
    : []
  return {
    values,
    ...(continuationPoint && continuationPoint.length > 0 && { more: continuationPoint }),
    ...(lacks && { lacking: name }),
  }
}
