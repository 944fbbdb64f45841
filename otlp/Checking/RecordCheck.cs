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

        var (invalid, large) = (0, 0);
        var error = OtlpError.None;
        var resources = new WireReader(request);
        while (!error.IsError && resources.MoveNext())
        {
            if (!resources.IsMessage(OtlpFields.RequestResources))
            {
                continue;
            }

            var scopes = resources.Enter();
            while (!error.IsError && scopes.MoveNext())
            {
                if (scopes.IsMessage(OtlpFields.ResourceRecordScopes))
                {
                    error = CheckScope(signal, scopes.Enter(), limits, ref invalid, ref large);
                }
            }

            error = error.IsError ? error : scopes.Error;
        }

        error = error.IsError ? error : resources.Error;
        return error.IsError ? new RecordCheckResult(error, 0, 0) : new RecordCheckResult(OtlpError.None, invalid, large);
    }

    /// <summary>
    /// Moves what is to be kept of <paramref name="request"/> to its start and returns how many bytes that is. Only the lengths of resources and scopes
    /// that lost something are written anew; those that lost everything are left out.
    /// </summary>
    /// <param name="signal">Traces or logs.</param>
    /// <param name="request">A message that <see cref="Check"/> could read.</param>
    /// <param name="limits">As given to <see cref="Check"/>.</param>
    public static int Cut(OtlpSignal signal, Span<byte> request, RecordLimits limits) => new RecordCut(signal, request, limits).Run();

    private static OtlpError CheckScope(OtlpSignal signal, WireReader items, RecordLimits limits, ref int invalid, ref int large)
    {
        while (items.MoveNext())
        {
            if (!items.IsMessage(OtlpFields.ScopeItems))
            {
                continue;
            }

            var fault = RecordJudge.Judge(signal, items, limits, out var error);
            if (error.IsError)
            {
                return error;
            }

            invalid += fault == RecordFault.InvalidId ? 1 : 0;
            large += fault == RecordFault.TooLarge ? 1 : 0;
        }

        return items.Error;
    }
}
