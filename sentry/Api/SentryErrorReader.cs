namespace SentryOtel.Sentry.Api;

/// <summary>Turns an answer that is not a success into an error with a reason and a cure.</summary>
internal static class SentryErrorReader
{
    public static SentryError Read(SentryApiOperation operation, ApiAnswer answer, SentryToken token)
    {
        if (answer.Failure is { } failure)
        {
            return failure;
        }

        var body = ErrorBody.Parse(answer.Body);
        var (reason, cure) = Judge(operation, answer, body, token);
        var said = body.Summary();
        return new SentryError(reason, $"{operation.Name}: {cure}{(said.Length > 0 ? $" (HTTP {answer.Status}: {said})" : $" (HTTP {answer.Status})")}")
        {
            Operation = operation.Name,
            Status = answer.Status,
            RetryAfter = answer.RetryAfter,
            Scope = reason == SentryErrorReason.MissingScope ? operation.Scope : null,
            Fields = body.Fields,
        };
    }

    private static (SentryErrorReason Reason, string Cure) Judge(SentryApiOperation operation, ApiAnswer answer, ErrorBody body, SentryToken token) =>
        answer.Status switch
        {
            401 or 403 when token.IsOrganizationToken => (SentryErrorReason.TokenKindUnsupported,
                "an organization token (sntrys_...) can not manage projects: use the token of an internal integration"),
            401 => (SentryErrorReason.Unauthorized, "Sentry does not accept the token: renew it in the Secret"),
            403 when body.Detail.Contains("disabled this feature for members", StringComparison.OrdinalIgnoreCase) => (
                SentryErrorReason.MemberCreationDisabled,
                "the organization does not let members create projects: allow it in its settings, or give the token org:write"),
            403 when body.Code is not null => (SentryErrorReason.Forbidden, $"Sentry refuses the token: {body.Code}"),
            403 => (SentryErrorReason.MissingScope, $"the token needs the scope {operation.Scope}"),
            404 when !body.IsSentrys && (operation == SentryApiOperation.GetProject || operation == SentryApiOperation.CreateProject) => (
                SentryErrorReason.UnexpectedResponse, "a 404 that is not Sentry's: something in front of it answers, or the url is wrong"),
            404 => (SentryErrorReason.NotFound, "not there, or not visible to the token"),
            409 => (SentryErrorReason.Conflict, "the slug is taken"),
            400 => (SentryErrorReason.Invalid, "Sentry refuses the input"),
            429 => (SentryErrorReason.RateLimited, "Sentry's API rate limit is reached"),
            >= 500 => (SentryErrorReason.ServerError, "Sentry failed"),
            >= 300 and < 400 => (SentryErrorReason.Moved, $"Sentry redirects to {answer.Location ?? "another address"}: set that as the url"),
            _ => (SentryErrorReason.UnexpectedResponse, "an answer that Sentry's API does not give"),
        };
}
