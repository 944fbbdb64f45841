namespace SentryOtel.Sentry.Api;

/// <summary>Why a call to Sentry's management API did not give what it was asked for.</summary>
public enum SentryErrorReason
{
    /// <summary>401: the token is wrong, revoked or missing.</summary>
    Unauthorized,

    /// <summary>401 or 403 to an organisation token (<c>sntrys_</c>), which can never manage projects.</summary>
    TokenKindUnsupported,

    /// <summary>403: the token lacks the scope named in <see cref="SentryError.Scope"/>.</summary>
    MissingScope,

    /// <summary>403: the organisation lets only owners and managers create projects.</summary>
    MemberCreationDisabled,

    /// <summary>403 for a reason of its own, for example single sign-on.</summary>
    Forbidden,

    /// <summary>404: the object is not there, or not visible to the token.</summary>
    NotFound,

    /// <summary>409: the slug is taken.</summary>
    Conflict,

    /// <summary>400: Sentry refused the input; <see cref="SentryError.Fields"/> says what.</summary>
    Invalid,

    /// <summary>429, or a shared budget that is used up for longer than a caller should wait.</summary>
    RateLimited,

    /// <summary>A 5xx answer.</summary>
    ServerError,

    /// <summary>No connection, no name, or no TLS session.</summary>
    Unreachable,

    /// <summary>No answer in time. A create may have been carried out all the same.</summary>
    Timeout,

    /// <summary>A redirect that is not a renamed project: the configured address is not the right one.</summary>
    Moved,

    /// <summary>An answer that is not what Sentry's API gives: HTML, broken JSON, too long.</summary>
    UnexpectedResponse,

    /// <summary>Not sent: a client that only plans was asked to change something.</summary>
    Planned,
}
