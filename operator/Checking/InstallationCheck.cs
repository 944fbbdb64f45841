using System.Net;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Checking;

/// <summary>
/// Looks at an installation from inside: what the API server serves, what the operator's account may do there, whether an operator is ready. Every line begins with
/// <c>ok</c> or <c>FAILED</c>; what failed says what to do.
/// </summary>
/// <param name="client">The API server, as the operator's account.</param>
/// <param name="http">The way to the operator's probes.</param>
/// <param name="output">Where the lines go.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class InstallationCheck(IKubernetesClient client, HttpMessageInvoker http, TextWriter output, TimeProvider timeProvider)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    private bool _failed;

    /// <summary>Whether all is right.</summary>
    /// <param name="arguments">What is looked at.</param>
    /// <param name="leaseNamespace">Where the Lease is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> RunAsync(CheckArguments arguments, string leaseNamespace, CancellationToken cancellationToken)
    {
        var deadline = timeProvider.GetUtcNow() + arguments.Within;
        var version = await client.Discovery.GetServerVersionAsync(cancellationToken).ConfigureAwait(false);
        Say($"the API server answers: {version.GitVersion}");
        foreach (var kind in (EntityMetadata[])[EntityMetadata.For<SentryExporter>(), EntityMetadata.For<SentryProjectRoute>()])
        {
            await CheckServedAsync(kind, deadline, cancellationToken).ConfigureAwait(false);
        }

        await CheckRightsAsync(arguments, leaseNamespace, cancellationToken).ConfigureAwait(false);
        if (arguments.OperatorUrl is { } address)
        {
            await CheckReadyAsync(new Uri(address, "/readyz"), deadline, cancellationToken).ConfigureAwait(false);
        }

        return !_failed;
    }

    /// <summary>A server lists the kinds of a definition once it is established.</summary>
    private Task CheckServedAsync(EntityMetadata kind, DateTimeOffset deadline, CancellationToken cancellationToken) => RepeatAsync(
        async () =>
        {
            client.Discovery.Invalidate();
            var resource = await client.Discovery.FindAsync(kind.Group, kind.Version, kind.Kind, cancellationToken).ConfigureAwait(false);
            return resource is null ? $"{kind.Kind} of {kind.Group}/{kind.Version} is not served: install the custom resource definitions (chart value crds.enabled)"
                : resource.Subresources.Contains("status") ? null
                : $"{kind.Kind} has no status: the custom resource definition is not the one of this version";
        },
        $"{kind.Kind} of {kind.Group}/{kind.Version} is served",
        deadline,
        cancellationToken);

    private async Task CheckRightsAsync(CheckArguments arguments, string leaseNamespace, CancellationToken cancellationToken)
    {
        var everywhere = RequiredPermissions.Everywhere(arguments.WatchSecrets);
        if (arguments.WatchNamespaces.Count == 0)
        {
            await CheckRightsAsync([.. everywhere, .. RequiredPermissions.InCluster], null, "in all namespaces", cancellationToken).ConfigureAwait(false);
        }

        foreach (var space in arguments.WatchNamespaces)
        {
            await CheckRightsAsync(everywhere, space, $"in namespace {space}", cancellationToken).ConfigureAwait(false);
        }

        if (arguments.LeaderElect)
        {
            await CheckRightsAsync(
                RequiredPermissions.ForLeaderElection, leaseNamespace, $"with its Lease in namespace {leaseNamespace}", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CheckRightsAsync(IReadOnlyList<Permission> permissions, string? @namespace, string where, CancellationToken cancellationToken)
    {
        var refused = new List<Permission>();
        foreach (var permission in permissions)
        {
            if (!await IsAllowedAsync(permission, @namespace, cancellationToken).ConfigureAwait(false))
            {
                refused.Add(permission);
            }
        }

        if (refused.Count == 0)
        {
            Say($"this account may do all {permissions.Count} things that the operator needs {where}");
            return;
        }

        foreach (var permission in refused)
        {
            Fail($"this account may not {permission} {where}: grant it, or let the chart (rbac.create)");
        }
    }

    private async Task<bool> IsAllowedAsync(Permission permission, string? @namespace, CancellationToken cancellationToken)
    {
        var parts = permission.Resource.Split('/');
        var review = new V1SelfSubjectAccessReview
        {
            Spec = new AccessReviewSpec
            {
                ResourceAttributes = new AccessReviewResource
                {
                    Namespace = @namespace,
                    Verb = permission.Verb,
                    Group = permission.ApiGroup,
                    Resource = parts[0],
                    Subresource = parts.Length > 1 ? parts[1] : null,
                    Name = permission.Name.Length > 0 ? permission.Name : null,
                },
            },
        };
        var answer = await client.CreateAsync(review, null, cancellationToken).ConfigureAwait(false);
        return answer.Status?.Allowed == true;
    }

    private Task CheckReadyAsync(Uri probe, DateTimeOffset deadline, CancellationToken cancellationToken) => RepeatAsync(
        async () =>
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var timer = timeProvider.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), bound, ProbeTimeout, Timeout.InfiniteTimeSpan);
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, probe);
                using var answer = await http.SendAsync(request, bound.Token).ConfigureAwait(false);
                return answer.StatusCode == HttpStatusCode.OK ? null : $"the operator is not ready: {probe} answers {(int)answer.StatusCode}; its log says why";
            }
            catch (HttpRequestException exception)
            {
                return $"no operator answers at {probe}: {exception.Message}";
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return $"no operator answers at {probe} within {ProbeTimeout.TotalSeconds:0} s";
            }
        },
        $"an operator is ready: {probe}",
        deadline,
        cancellationToken);

    /// <summary>Looks until nothing is wrong any more, or the time is over.</summary>
    private async Task RepeatAsync(Func<Task<string?>> look, string right, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        while (await look().ConfigureAwait(false) is { } wrong)
        {
            if (timeProvider.GetUtcNow() + Pause > deadline)
            {
                Fail(wrong);
                return;
            }

            await Task.Delay(Pause, timeProvider, cancellationToken).ConfigureAwait(false);
        }

        Say(right);
    }

    private void Say(string line) => output.WriteLine($"ok      {line}");

    private void Fail(string line)
    {
        _failed = true;
        output.WriteLine($"FAILED  {line}");
    }
}
