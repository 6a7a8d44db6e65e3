/** Messages that could not be read: when, of whom, why in words, and the beginning of what came. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ERRORS, type ErrorCode, type Language } from '../../model/errors.ts'
import { errorTitle } from '../../model/words.ts'
import type { DeadLetter } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useLanguage } from '../i18n/language.ts'
import { type Column, FiguresTable } from './figures-table.tsx'
import styles from './letter-table.module.css'
import { useNames } from './names.ts'

/** As text where it is text; else as it came. */
function readable(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))
  return new TextDecoder().decode(bytes)
}

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

/** A code that an older gateway gave, or a newer one, stands for itself. */
export const letterTitle = (code: string, language: Language): string =>
  isKnown(code) ? errorTitle(code, language) : code

type Props = {
  readonly letters: readonly DeadLetter[]
  /** Of many devices: each names its own, and whoever clicks a code sees only those. */
  readonly link?: (to: { device: string } | { code: string }) => string
}

export function LetterTable({ letters, link }: Props) {
  const { t } = useTranslation()
  const language = useLanguage()
  const names = useNames()
  const whose: Column<Numbered>[] = link
    ? [
        {
          head: t('letter.device'),
          cell: ({ device, source }) =>
            device === undefined ? (
              <span className="quiet">{t('source.named', { name: source })}</span>
            ) : (
              <Link to={link({ device })}>{names.device(device)}</Link>
            ),
        },
      ]
    : []
  const columns: Column<Numbered>[] = [
    { head: t('letter.at'), cell: ({ at }) => <Age at={at} /> },
    ...whose,
    {
      head: t('letter.reason'),
      is: 'text',
      cell: ({ code, reason }) => (
        <>
          {link ? (
            <Link to={link({ code })}>{letterTitle(code, language)}</Link>
          ) : (
            <strong>{letterTitle(code, language)}</strong>
          )}
          <div className="quiet">{reason}</div>
        </>
      ),
    },
    {
      head: t('letter.payload'),
      is: 'text',
      cell: ({ topic, payload }) => (
        <>
          <div className="quiet">{topic}</div>
          <code className={styles.payload}>{readable(payload)}</code>
        </>
      ),
    },
  ]
  // A letter has no id, and two may be alike
  const numbered = letters.map((letter, number) => ({ ...letter, number }))
  return (
    <div className={styles.letters}>
      <FiguresTable rows={numbered} idOf={({ at, number }) => `${at} ${number}`} columns={columns} />
    </div>
  )
}

type Numbered = DeadLetter & { readonly number: number }
