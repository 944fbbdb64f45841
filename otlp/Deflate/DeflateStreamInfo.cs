namespace SentryOtel.Otlp.Deflate;

/// <summary>What was found out about a deflate stream while it was inflated.</summary>
/// <param name="Written">Bytes that it inflates to.</param>
/// <param name="LastBlockBit">Bit at which the header of its last block begins, counted from the start of the stream.</param>
/// <param name="EndBit">The first bit behind its last block.</param>
internal readonly record struct DeflateStreamInfo(int Written, long LastBlockBit, long EndBit);
