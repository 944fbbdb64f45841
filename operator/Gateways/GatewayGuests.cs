using SentryOtel.Crds;
using SentryOtel.Crds.Validation;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.RoutingTables;

namespace SentryOtel.Operator.Gateways;

/// <summary>Which guests a shared gateway serves now. A guest must not be able to stop the pods of the others.</summary>
/// <param name="client">Where what pods mount is looked for.</param>
/// <param name="tables">The routing tables: a gateway is not ready without those that it is to follow.</param>
/// <param name="workloads">Tells who is served already.</param>
internal sealed class GatewayGuests(IKubernetesClient client, RoutingTableStore tables, GatewayWorkloads workloads)
{
    private const int MaxExporters = 32;

    /// <summary>Most exporters that a gateway with the host's settings serves, the host among them.</summary>
    public static int Capacity(SentryExporter host) => host.Spec.Queue.Storage == QueueStorage.Disk && QueueBytes.Of(host.Spec.Queue) is { } bytes
        ? (int)Math.Clamp(bytes / QueueBytes.SmallestDisk, 1, MaxExporters)
        : MaxExporters;

    /// <summary>
    /// The guests to serve. One that is served already and can not be any more, as its settings are, holds the gateway as it is: taken out, its data would go to whoever takes
    /// what nobody has a route for.
    /// </summary>
    /// <param name="sharers">The exporters that share, the host first.</param>
    /// <param name="cancellationToken">Ends the look for Secrets.</param>
    public async Task<(IReadOnlyList<SentryExporter> Guests, string? HeldBackBy)> AdmitAsync(IReadOnlyList<SentryExporter> sharers, CancellationToken cancellationToken)
    {
        var (guests, secrets) = (new List<SentryExporter>(), new SecretReader(client));
        foreach (var guest in sharers.Take(Capacity(sharers[0])).Skip(1))
        {
            var isServed = workloads.Serves(guest);
            var found = DifferenceOf(guest, sharers[0]) ?? await FindProblemAsync(guest, secrets, cancellationToken).ConfigureAwait(false);
            if (found is { } problem)
            {
                if (isServed)
                {
                    return ([], $"SentryExporter {ObjectKey.Of(guest)}: {problem}");
                }
            }
            else if (isServed || (!guest.Spec.Suspend && !PlanMark.IsOn(guest) && tables.Of(guest).Count > 0))
            {
                guests.Add(guest);
            }
        }

        return (guests, null);
    }

    /// <summary>What keeps a guest from sharing with a host; null when nothing does. To all who share a value must mean one thing.</summary>
    public static string? DifferenceOf(SentryExporter guest, SentryExporter host) => guest.Spec.Routing.ProjectFromAttribute == host.Spec.Routing.ProjectFromAttribute
        ? null
        : $"its routing.projectFromAttribute is {guest.Spec.Routing.ProjectFromAttribute} and that of the host {host.Metadata.Name} is {host.Spec.Routing.ProjectFromAttribute}: make them the same";

    private static async Task<string?> FindProblemAsync(SentryExporter guest, SecretReader secrets, CancellationToken cancellationToken)
    {
        List<FieldError> errors = [.. SentryExporterValidator.Validate(guest.Spec), .. UnsupportedSettings.Find(guest)];
        return errors.Count > 0
            ? string.Join("; ", errors)
            : (await GatewaySecrets.FindMissingAsync(guest.Metadata.Namespace!, GatewayFiles.OfExporter(guest), secrets, cancellationToken).ConfigureAwait(false))?.Message;
    }
}
