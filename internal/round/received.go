package round

import "context"

// Received returns what is stored of a person's response, sealed as it is, for
// telling that it is there; fail.NotFound.
func (s *Service) Received(ctx context.Context, id, person string) (Response, error) {
	return s.store.Response(ctx, id, s.keys.Respondent(id, person))
}

// ForgetAgain forgets what another process, which still knew the invitation of a
// person who has been forgotten, may have saved since.
func (s *Service) ForgetAgain(ctx context.Context, id, person string) error {
	return s.store.ForgetPerson(ctx, id, person, s.keys.Respondent(id, person))
}
