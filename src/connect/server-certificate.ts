/**
 * The certificate and key of a TLS listener: read again and again, so that a renewed one is taken without a
 * restart and its end is seen coming.
 */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'

export type CertificateFiles = { readonly certFile: string; readonly keyFile: string }

export type Pair = { readonly cert: Buffer; readonly key: Buffer }

export type ServerCertificate = Pair & {
  /** The listener's own; those that signed it usually last longer. */
  readonly validTo: Instant
}

/** Throws GatehouseError `config-invalid`. */
export function readPair({ certFile, keyFile }: CertificateFiles): Pair {
  const read = (file: string, key: string) => {
    try {
      return readFileSync(file)
    } catch (cause) {
      throw new GatehouseError('config-invalid', `mqtt.${key}: ${(cause as Error).message}`, { cause })
    }
  }
  return { cert: read(certFile, 'certFile'), key: read(keyFile, 'keyFile') }
}

/** Throws GatehouseError `config-invalid` where the two do not belong together. */
export function certificateOf({ cert, key }: Pair): ServerCertificate {
  try {
    createSecureContext({ cert, key })
    return { cert, key, validTo: Date.parse(new X509Certificate(cert).validTo) }
  } catch (cause) {
    const sentence = `mqtt.certFile, mqtt.keyFile: they are no certificate and its key: ${(cause as Error).message}`
    throw new GatehouseError('config-invalid', sentence, { cause })
  }
}

export const isSame = (one: Pair, other: Pair): boolean =>
  one.cert.equals(other.cert) && one.key.equals(other.key)
