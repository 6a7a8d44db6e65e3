/** Where a link leads nowhere, and where a place itself breaks: the rest of the page goes on. */
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link, useRouteError } from 'react-router'
import { Empty } from '../parts/states.tsx'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <Empty title={t('state.notFound')}>
      <Link to="/">{t('state.toStart')}</Link>
    </Empty>
  )
}

export function PlaceFailed() {
  const { t } = useTranslation()
  const cause = useRouteError()
  return (
    <Empty title={t('state.broken')}>
      <p>{cause instanceof Error ? cause.message : null}</p>
      <Button variant="default" onClick={() => window.location.reload()}>
        {t('state.reload')}
      </Button>
    </Empty>
  )
}
