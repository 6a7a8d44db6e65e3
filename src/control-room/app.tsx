/** Signed in or not, and which place a link opens. Maps and charts come with the place that needs them. */
import { useQuery } from '@tanstack/react-query'
import { createBrowserRouter, Navigate, type RouteObject, RouterProvider } from 'react-router'
import { Wall } from './alarms/wall.tsx'
import { session } from './api/queries.ts'
import { Failed, Loading, NotAllowed } from './parts/states.tsx'
import { SignIn } from './session/sign-in.tsx'
import { useMay } from './session/use-session.ts'
import { NotFound, PlaceFailed } from './shell/fallbacks.tsx'
import { PLACES } from './shell/places.ts'
import { Shell } from './shell/shell.tsx'

/** Whoever may not see the alarms starts at the first place that is theirs. */
function Start() {
  const may = useMay()
  if (may('alarms:read')) return <Wall />
  const first = PLACES.find(({ right }) => may(right))
  return first ? <Navigate to={first.path} replace /> : <NotAllowed />
}

const later = (path: string, load: () => Promise<{ Component: () => React.ReactNode }>): RouteObject => ({
  path,
  lazy: load,
})

const router = createBrowserRouter([
  {
    path: '/',
    Component: Shell,
    ErrorBoundary: PlaceFailed,
    HydrateFallback: Loading,
    children: [
      {
        ErrorBoundary: PlaceFailed,
        children: [
          { index: true, Component: Start },
          later('map', () => import('./map/map-page.tsx')),
          later('orders', () => import('./orders/board.tsx')),
          later('orders/:id', () => import('./orders/order-page.tsx')),
          later('water', () => import('./water/water-page.tsx')),
          later('patrol', () => import('./patrol/patrol-page.tsx')),
          later('vehicles', () => import('./vehicles/vehicles-page.tsx')),
          later('devices', () => import('./devices/devices-page.tsx')),
          later('devices/:id', () => import('./devices/device-page.tsx')),
          later('settings', () => import('./settings/settings-page.tsx')),
          { path: '*', Component: NotFound },
        ],
      },
    ],
  },
])

export function App() {
  const { data, error, isPending, refetch } = useQuery(session)
  if (isPending) return <Loading />
  if (error) return <Failed cause={error} retry={() => void refetch()} />
  return data ? <RouterProvider router={router} /> : <SignIn />
}
