/** All that was sent and could not be read, newest first: where a device is being added, here it says why nothing of it is heard. */
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { deadLetters } from '../api/queries.ts'
import { useLanguage } from '../i18n/language.ts'
import { LetterTable, letterTitle } from '../parts/letter-table.tsx'
import { useNames } from '../parts/names.ts'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import styles from './settings.module.css'

export function Component() {
  const { t } = useTranslation()
  const language = useLanguage()
  const names = useNames()
  const { asked, change, link } = useAddress()
  const [device, code] = [asked.get('device'), asked.get('code')]
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useInfiniteQuery(deadLetters({ ...(device && { device }), ...(code && { code }) }))
  const letters = data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className={styles.wide}>
      <h2>{t('settings.page.letters')}</h2>
      <p className="quiet">{t('letter.help')}</p>
      <div className={`${styles.tools} no-print`}>
        {device ? <Only name={names.device(device)} onAll={() => change({ device: undefined })} /> : null}
        {code ? <Only name={letterTitle(code, language)} onAll={() => change({ code: undefined })} /> : null}
      </div>
      {isPending ? <Loading /> : null}
      {error && !data ? <Failed cause={error} retry={() => void refetch()} /> : null}
      {data && letters.length === 0 ? (
        <Empty title={t(device || code ? 'letter.noneSuch' : 'letter.none')} />
      ) : null}
      {letters.length > 0 ? <LetterTable letters={letters} link={link} /> : null}
      {hasNextPage ? (
        <Button
          className="no-print"
          variant="default"
          mt="sm"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {t('audit.more')}
        </Button>
      ) : null}
    </section>
  )
}

/** Only these are shown; a click shows the others again. */
function Only({ name, onAll }: { name: string; onAll(): void }) {
  const { t } = useTranslation()
  return (
    <Button variant="default" title={t('letter.all')} onClick={onAll}>
      {name}
      <span aria-hidden="true">&nbsp;×</span>
    </Button>
  )
}
