/**
 * All that was sent and could not be read, newest first: where a device is being added, here it says why
 * nothing of it is heard.
 */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { deadLetters } from '../api/queries.ts'
import { useLanguage } from '../i18n/language.ts'
import { Earlier } from '../parts/earlier.tsx'
import { LetterTable, letterTitle } from '../parts/letter-table.tsx'
import { useNames } from '../parts/names.ts'
import { Only } from '../parts/only.tsx'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import styles from './settings.module.css'

export function Component() {
  const { t } = useTranslation()
  const language = useLanguage()
  const names = useNames()
  const { asked, change, link } = useAddress()
  const [device, code] = [asked.get('device'), asked.get('code')]
  const found = useInfiniteQuery(deadLetters({ ...(device && { device }), ...(code && { code }) }))
  const { data } = found
  const letters = data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className={styles.wide}>
      <h2>{t('settings.page.letters')}</h2>
      <p className="quiet">{t('letter.help')}</p>
      <div className={`${styles.tools} no-print`}>
        {device ? (
          <Only
            help={t('letter.all')}
            name={names.device(device)}
            onAll={() => change({ device: undefined })}
          />
        ) : null}
        {code ? (
          <Only
            help={t('letter.all')}
            name={letterTitle(code, language)}
            onAll={() => change({ code: undefined })}
          />
        ) : null}
      </div>
      <Unanswered of={found} />
      {data && letters.length === 0 ? (
        <Empty title={t(device || code ? 'letter.noneSuch' : 'letter.none')} />
      ) : null}
      {letters.length > 0 ? <LetterTable letters={letters} link={link} /> : null}
      <Earlier of={found} />
    </section>
  )
}
