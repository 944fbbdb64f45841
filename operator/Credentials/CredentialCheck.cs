using System.Collections.Concurrent;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Configuration;
using SentryOtel.Sentry.Api;

namespace SentryOtel.Operator.Credentials;

/// <summary>What is known of an exporter's credentials.</summary>
/// <param name="Status">True, False, or Unknown while Sentry can not be asked.</param>
/// <param name="Reason">A condition's reason.</param>
/// <param name="Message">For people, without the credential.</param>
internal sealed record CredentialState(string Status, string Reason, string Message)
{
    public ExporterOrganization? Organization { get; init; }

    /// <summary>True when waiting alone can change it.</summary>
    public bool IsTransient => Status == ConditionStatus.Unknown;

    public static CredentialState Of(CredentialError error) => new(ConditionStatus.False, error.Reason, error.Message);
}

/// <summary>Tries an exporter's token at Sentry, but one that works no more often than it needs.</summary>
internal sealed class CredentialCheck(OperatorTimes times, TimeProvider timeProvider)
{
    private const string WriteScope = "project:write";
    private const string AdminScope = "project:admin";

    private readonly ConcurrentDictionary<ObjectKey, Checked> _checked = new();

    /// <summary>The state of the connection's credentials.</summary>
    public async Task<CredentialState> CheckAsync(SentryExporter exporter, ExporterConnection connection, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Of(exporter);
        if (connection.Error is { } error)
        {
            _checked.TryRemove(key, out _);
            return CredentialState.Of(error);
        }

        if (connection.Api is not { } api)
        {
            return new CredentialState(ConditionStatus.True, CredentialReasons.DsnAccepted, $"the DSN names project {connection.Dsn!.ProjectId}");
        }

        // The answer depends on what the exporter may do as well.
        var fingerprint = $"{connection.Fingerprint}/{exporter.Spec.AutoCreateProjects}";
        if (_checked.TryGetValue(key, out var known) && known.Fingerprint == fingerprint && timeProvider.GetElapsedTime(known.At) < times.TokenCheck)
        {
            return known.State;
        }

        var state = await AskAsync(exporter, api, cancellationToken).ConfigureAwait(false);
        if (state.Status == ConditionStatus.True)
        {
            _checked[key] = new Checked(fingerprint, timeProvider.GetTimestamp(), state);
        }
        else
        {
            _checked.TryRemove(key, out _);
        }

        return state;
    }

    public void Forget(ObjectKey exporter) => _checked.TryRemove(exporter, out _);

    private static async Task<CredentialState> AskAsync(SentryExporter exporter, ISentryApiClient api, CancellationToken cancellationToken)
    {
        var answer = await api.GetOrganizationAsync(cancellationToken).ConfigureAwait(false);
        if (answer.Value is { } organization)
        {
            return Judge(exporter, organization);
        }

        // Sentry's own guide asks for project and team scopes alone, which do not open the organisation itself.
        if (answer.Error!.Reason == SentryErrorReason.MissingScope
            && (await api.ListTeamsAsync(cancellationToken).ConfigureAwait(false)).IsSuccess)
        {
            return new CredentialState(
                ConditionStatus.True, CredentialReasons.TokenAccepted, $"Sentry accepts the token for projects and teams of organization {api.Organization}");
        }

        return Failed(answer.Error);
    }

    private static CredentialState Judge(SentryExporter exporter, SentryOrganization organization)
    {
        var scopes = organization.Access ?? [];
        if (exporter.Spec.AutoCreateProjects
            && scopes.Any(static scope => scope.StartsWith("project:", StringComparison.Ordinal))
            && !scopes.Contains(WriteScope) && !scopes.Contains(AdminScope))
        {
            return new CredentialState(
                ConditionStatus.False,
                nameof(SentryErrorReason.MissingScope),
                $"the token lacks the scope {WriteScope}, which autoCreateProjects needs: add it to the integration in Sentry");
        }

        return new CredentialState(ConditionStatus.True, CredentialReasons.TokenAccepted, $"Sentry accepts the token for organization {organization.Slug}")
        {
            Organization = new ExporterOrganization { Id = organization.Id, Name = organization.Name, RegionUrl = organization.Links?.RegionUrl },
        };
    }

    private static CredentialState Failed(SentryError error) => error.Reason switch
    {
        SentryErrorReason.Unauthorized => new CredentialState(ConditionStatus.False, CredentialReasons.InvalidToken, error.Message),
        SentryErrorReason.NotFound => new CredentialState(ConditionStatus.False, CredentialReasons.OrganizationNotFound, error.Message),
        SentryErrorReason.Unreachable or SentryErrorReason.Timeout or SentryErrorReason.ServerError =>
            new CredentialState(ConditionStatus.Unknown, CredentialReasons.SentryUnreachable, error.Message),
        _ when error.IsTransient => new CredentialState(ConditionStatus.Unknown, error.Reason.ToString(), error.Message),
        _ => new CredentialState(ConditionStatus.False, error.Reason.ToString(), error.Message),
    };

    private sealed record Checked(string Fingerprint, long At, CredentialState State);
}
