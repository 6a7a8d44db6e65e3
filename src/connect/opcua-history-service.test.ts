import { type HistoryReadResult, StatusCodes } from 'node-opcua-client'
import { expect, it } from 'vitest'
import type { ReadHistory } from './opcua-history.ts'
import { type HistoryServiceParts, historyService } from './opcua-history-service.ts'

type Asked = readonly { readonly nodeId: string }[]
type Answer = { readonly statusCode: HistoryReadResult['statusCode']; readonly values?: readonly number[] }

/** A server's service that answers each node by `answer`, or throws for all. */
function service(answer: (nodeId: string, nodes: number) => Answer): ReadHistory {
  const session = {
    async readHistoryValue(nodes: Asked) {
      return nodes.map(({ nodeId }) => {
        const { statusCode, values = [] } = answer(nodeId, nodes.length)
        const dataValues = values.map((at) => ({
          value: { value: at },
          statusCode: StatusCodes.Good,
          sourceTimestamp: new Date(at),
        }))
        return { statusCode, historyData: { dataValues } }
      })
    },
  }
  return historyService({
    session: session as unknown as HistoryServiceParts['session'],
    source: 'plant',
    resolve: (nodeId) => nodeId,
    timestampsToReturn: 2,
  })
}

const pagesOf = (read: ReadHistory, ...nodeIds: string[]) =>
  read(
    nodeIds.map((nodeId) => ({ nodeId })),
    0,
    1_000,
    500,
  )

it('tells a node that has no history from a stretch of which the history is not whole', async () => {
  const codes = {
    refused: StatusCodes.BadHistoryOperationUnsupported,
    unknown: StatusCodes.BadNodeIdUnknown,
    archived: StatusCodes.BadDataUnavailable,
    stopped: StatusCodes.BadDataLost,
    bounded: StatusCodes.BadBoundNotFound,
    quiet: StatusCodes.GoodNoData,
    quietOfOld: StatusCodes.BadNoData,
    thin: StatusCodes.UncertainDataSubNormal,
    crowded: StatusCodes.BadNoContinuationPoints,
    forgetful: StatusCodes.BadContinuationPointInvalid,
  }
  const read = service((nodeId) => ({ statusCode: codes[nodeId as keyof typeof codes] }))
  expect(await pagesOf(read, ...Object.keys(codes))).toEqual([
    { refusal: 'BadHistoryOperationUnsupported' },
    { refusal: 'BadNodeIdUnknown' },
    { values: [], lacking: 'BadDataUnavailable' },
    { values: [], lacking: 'BadDataLost' },
    { values: [], lacking: 'BadBoundNotFound' },
    { values: [] },
    { values: [] },
    { values: [] },
    { later: 'BadNoContinuationPoints' },
    { again: 'BadContinuationPointInvalid' },
  ])
})

it('takes what there is of a stretch that is not whole', async () => {
  const read = service(() => ({ statusCode: StatusCodes.BadDataLost, values: [700] }))
  expect(await pagesOf(read, 'flow')).toMatchObject([
    { values: [{ nodeId: 'flow', value: 700, sourceTimestamp: 700 }], lacking: 'BadDataLost' },
  ])
})

it('asks in halves where the server takes fewer nodes at once, and keeps their order', async () => {
  const read = service((nodeId, nodes) => {
    if (nodes > 2) throw new Error('BadTooManyOperations (0x80100000)')
    return { statusCode: StatusCodes.Good, values: [Number(nodeId)] }
  })
  const pages = await pagesOf(read, '1', '2', '3', '4', '5')
  expect(pages.map((page) => 'values' in page && page.values.map(({ value }) => value))).toEqual(
    [1, 2, 3, 4, 5].map((value) => [value]),
  )
})

it('hands on a broken connection, for that says nothing of the history', async () => {
  const read = service(() => {
    throw new Error('The connection was closed')
  })
  await expect(pagesOf(read, 'flow')).rejects.toThrow('closed')
})
