/** Who did what, when: the trail as the gateway keeps it, newest first. */
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { audit } from '../api/queries.ts'
import { useFormat } from '../format/use-format.ts'
import { declared } from '../parts/rule-words.ts'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import styles from './settings.module.css'

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useInfiniteQuery(audit)
  if (isPending) return <Loading />
  if (error && !data) return <Failed cause={error} retry={() => void refetch()} />
  const items = data?.pages.flatMap((page) => page.items) ?? []
  if (items.length === 0) return <Empty title={t('audit.none')} />
  return (
    <section className={styles.wide}>
      <h2>{t('settings.page.audit')}</h2>
      <p className="quiet">{t('audit.help')}</p>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col" className="num">
              {t('audit.number')}
            </th>
            <th scope="col">{t('audit.at')}</th>
            <th scope="col">{t('audit.by')}</th>
            <th scope="col">{t('audit.action')}</th>
            <th scope="col">{t('audit.subject')}</th>
            <th scope="col">{t('audit.details')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ id, at, by, action, subject, details }) => (
            <tr key={id}>
              <td className="num quiet">{id}</td>
              <td>
                <time dateTime={at}>{format.dayTimeSeconds(at)}</time>
              </td>
              <td>{by === 'gateway' ? t('order.byGateway') : by}</td>
              <td>{action}</td>
              <td className={styles.wraps}>{subject}</td>
              <td className={`${styles.wraps} quiet`}>{declared(details).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
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
