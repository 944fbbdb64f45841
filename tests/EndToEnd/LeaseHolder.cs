namespace SentryOtel.EndToEnd;

/// <summary>One process of the operator, as its lease names it.</summary>
/// <param name="Identity">Pod name and a suffix of the process, so that a pod started anew is another holder; empty when nobody holds the lease.</param>
internal readonly record struct LeaseHolder(string Identity)
{
    /// <summary>Name of the process's pod.</summary>
    public string Pod => Identity.Split('_')[0];
}
