using SentryOtel.Otlp.Deflate;

namespace SentryOtel.Otlp.Bodies;

/// <summary>A buffer that also has room for the body as it came, so that a gzip body can be sent on without compressing it again.</summary>
public interface IGzipBodyBuffer : IBodyBuffer
{
    /// <summary>Where the body is gathered as it came.</summary>
    IBodyBuffer Encoded { get; }

    /// <summary>What was gathered there so far.</summary>
    ReadOnlyMemory<byte> EncodedBytes { get; }

    /// <summary>What <see cref="Encoded"/> holds is one gzip member of what is written here.</summary>
    void Keep(GzipContent content);

    /// <summary>What <see cref="Encoded"/> holds is of no use any more.</summary>
    void DropEncoded();
}
