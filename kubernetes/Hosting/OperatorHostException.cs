namespace SentryOtel.Kubernetes.Hosting;

/// <summary>The host could not go on.</summary>
public sealed class OperatorHostException(string message, Exception? innerException = null) : Exception(message, innerException);
