namespace SentryOtel.Otlp.Grpc;

/// <summary>The <c>grpc-timeout</c> header: up to eight digits and a unit (gRPC over HTTP/2 specification, "Timeout").</summary>
public static class GrpcTimeout
{
    private const int MaxDigits = 8;

    /// <summary>Reads the header; false when it is malformed. An absent header is null and means no limit.</summary>
    public static bool TryParse(string? header, out TimeSpan? timeout)
    {
        timeout = null;
        if (header is null)
        {
            return true;
        }

        if (header.Length is < 2 or > MaxDigits + 1 || header.AsSpan(0, header.Length - 1).ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var amount = 0L;
        foreach (var digit in header.AsSpan(0, header.Length - 1))
        {
            amount = amount * 10 + (digit - '0');
        }

        timeout = header[^1] switch
        {
            'H' => TimeSpan.FromTicks(amount * TimeSpan.TicksPerHour),
            'M' => TimeSpan.FromTicks(amount * TimeSpan.TicksPerMinute),
            'S' => TimeSpan.FromTicks(amount * TimeSpan.TicksPerSecond),
            'm' => TimeSpan.FromTicks(amount * TimeSpan.TicksPerMillisecond),
            'u' => TimeSpan.FromTicks(amount * TimeSpan.TicksPerMicrosecond),
            'n' => TimeSpan.FromTicks(amount / TimeSpan.NanosecondsPerTick),
            _ => null,
        };
        return timeout is not null;
    }
}
