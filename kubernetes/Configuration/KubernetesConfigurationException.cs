namespace SentryOtel.Kubernetes.Configuration;

/// <summary>The configuration for reaching the API server is missing or wrong; the message names the field and the cure.</summary>
public sealed class KubernetesConfigurationException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Names the field and the cure.</param>
    public KubernetesConfigurationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Names the field and the cure.</param>
    /// <param name="innerException">What was thrown.</param>
    public KubernetesConfigurationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
