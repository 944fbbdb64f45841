using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Checking;

/// <summary>
/// Finds, and cuts out of a traces or logs request, the records that Sentry would answer with 200 and then lose. A request without such records, the
/// usual one, is only read.
/// </summary>
public static class RecordCheck
{
    /// <summary>Looks at every record of <paramref name="request"/>. Allocates nothing.</summary>
    /// <param name="signal">Traces or logs; metrics pass unseen.</param>
    /// <param name="request">The whole encoded message.</param>
    /// <param name="limits">How large one record may be.</param>
    public static RecordCheckResult Check(OtlpSignal signal, ReadOnlySpan<byte> request, RecordLimits limits)
    {
        if (signal == OtlpSignal.Metrics)
        {
            return default;
        }

        var found = default(RecordCheckResult);
        var limit = limits.Of(signal);
        var resources = new WireReader(request);
        while (!found.Error.IsError && resources.MoveNext())
        {
            if (resources.IsMessage(OtlpFields.RequestResources))
            {
                CheckResource(signal, resources, limit, ref found);
            }
        }

        var error = found.Error.IsError ? found.Error : resources.Error;
        return error.IsError ? new RecordCheckResult(error, 0, 0, 0) : found;
    }

    /// <summary>
    /// Moves what is to be kept of <paramref name="request"/> to its start and returns how many bytes that is. Only the lengths of resources and scopes
    /// that lost something are written anew; those that lost everything are left out.
    /// </summary>
    /// <param name="signal">Traces or logs.</param>
    /// <param name="request">A message that <see cref="Check"/> could read.</param>
    /// <param name="limits">As given to <see cref="Check"/>.</param>
    public static int Cut(OtlpSignal signal, Span<byte> request, RecordLimits limits) => new RecordCut(signal, request, limits.Of(signal)).Run();

    private static void CheckResource(OtlpSignal signal, in WireReader resource, int limit, ref RecordCheckResult found)
    {
        var left = RecordSize.LeftInResource(limit, resource);
        var scopes = resource.Enter();
        while (!found.Error.IsError && scopes.MoveNext())
        {
            if (scopes.IsMessage(OtlpFields.ResourceRecordScopes))
            {
                CheckScope(signal, scopes, left, ref found);
            }
        }

        found = found.Error.IsError ? found : found with { Error = scopes.Error };
    }

    private static void CheckScope(OtlpSignal signal, in WireReader scope, int limit, ref RecordCheckResult found)
    {
        var left = RecordSize.LeftInScope(limit, scope);
        var items = scope.Enter();
        while (items.MoveNext())
        {
            if (!items.IsMessage(OtlpFields.ScopeItems))
            {
                continue;
            }

            var fault = RecordJudge.Judge(signal, items, left, out var error);
            if (error.IsError)
            {
                found = found with { Error = error };
                return;
            }

            if (fault != RecordFault.None)
            {
                found = found.With(fault, items.FieldLength);
            }
        }

        found = items.Error.IsError ? found with { Error = items.Error } : found;
    }
}
