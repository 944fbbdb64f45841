namespace SentryOtel.SentryServer.Hosting;

/// <summary>The addresses that answers name. Read late: ports are known only once they are open.</summary>
internal sealed class PublicAddresses(Func<Uri> management, Func<Uri> ingest)
{
    /// <summary>Without a slash at the end.</summary>
    public string Management => management().AbsoluteUri.TrimEnd('/');

    /// <summary>Scheme and authority split off, since a DSN has its key between them.</summary>
    public Uri Ingest => ingest();
}
