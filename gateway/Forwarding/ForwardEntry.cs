using System.IO.Compression;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;

namespace SentryOtel.Gateway.Forwarding;

/// <summary>One request that waits: as it came, and from its first attempt on in the form in which it is sent.</summary>
/// <param name="lease">Owned from here on.</param>
/// <param name="points">Data points in it.</param>
/// <param name="since">When it was accepted.</param>
internal sealed class ForwardEntry(BufferLease lease, int points, TimeSpan since) : IDisposable
{
    private BufferLease? _lease = lease;
    private AdmissionReservation? _reservation;
    private ChunkedBody? _body;

    public int Points { get; } = points;

    public TimeSpan Since { get; } = since;

    public int Attempts { get; set; }

    /// <summary>When it failed first; null while it has not.</summary>
    public TimeSpan? FirstFailure { get; set; }

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; } = lease.Memory.Length;

    /// <summary>Whether the body that <see cref="Seal"/> made is compressed: what was sealed stays as it is when the configuration changes.</summary>
    public bool IsGzip { get; private set; }

    /// <summary>The body to send, made once; the request is released then.</summary>
    public ChunkedBody Seal(bool gzip, Admission admission)
    {
        if (_body is not null)
        {
            return _body;
        }

        var request = _lease ?? throw new ObjectDisposedException(nameof(ForwardEntry));
        var body = new ChunkedBody();
        if (gzip)
        {
            using var compressor = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true);
            compressor.Write(request.Memory.Span);
        }
        else
        {
            body.Write(request.Memory.Span);
        }

        _reservation = admission.Take(body.Length);
        _lease = null;
        IsGzip = gzip;
        request.Dispose();
        Bytes = body.Length;
        return _body = body;
    }

    public void Dispose()
    {
        _lease?.Dispose();
        _reservation?.Dispose();
        (_lease, _reservation) = (null, null);
    }
}
