namespace SentryOtel.Gateway.Queueing;

/// <summary>Data of which a durable queue holds a copy.</summary>
internal interface IStoredData
{
    /// <summary>They were sent or given up: the copy is of no use any more. Cheap, never throws, called once.</summary>
    void Forget();
}
