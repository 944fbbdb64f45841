namespace SentryOtel.Gateway.Queueing;

/// <summary>Data of which a durable queue holds a copy.</summary>
internal interface IStoredData
{
    /// <summary>The queue.</summary>
    IDataStore Store { get; }

    /// <summary>They were sent or given up: the copy is of no use any more. Cheap, never throws, called once.</summary>
    void Forget();
}

/// <summary>A durable queue as those see it who send what it holds. What is told is written down when the call returns, so that the next process knows it, however this one ends. Never throws.</summary>
internal interface IDataStore
{
    /// <summary>The data are about to be sent: from now on they may have arrived.</summary>
    void Begin(IReadOnlyList<IStoredData> data);

    /// <summary>The data have arrived: they are not sent again. <see cref="IStoredData.Forget"/> follows.</summary>
    void Finish(IReadOnlyList<IStoredData> data);
}
