import { expect, it } from 'vitest'
import { resolveNodeId } from './opcua-run.ts'

it('finds a namespace under the index that it has in this run of the server', () => {
  const namespaces = ['http://opcfoundation.org/UA/', 'urn:other', 'urn:plant']
  expect(resolveNodeId('nsu=urn:plant;s=meter;1', namespaces)).toBe('ns=2;s=meter;1')
  expect(resolveNodeId('nsu=urn:plant;s=tank;i=1', namespaces)).toBe('ns=2;s=tank;i=1')
  expect(resolveNodeId('nsu=urn:100%25%3Bplant;s=x', [...namespaces, 'urn:100%;plant'])).toBe('ns=3;s=x')
  expect(resolveNodeId('nsu=urn:nobody;s=x', namespaces)).toBeUndefined()
  expect(resolveNodeId('ns=4;i=7', namespaces)).toBe('ns=4;i=7')
})
