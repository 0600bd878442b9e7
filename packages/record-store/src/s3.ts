/**
 * Records in an object store with the S3 API, of which many writers share one bucket.
 *
 * @example
 * const medium = s3Medium({
 *   bucketUrl: 'https://s3.eu-central-1.amazonaws.com/my-bucket',
 *   region: 'eu-central-1',
 *   accessKeyId,
 *   secretAccessKey
 * })
 * const store = createRecordStore({ medium })
 */
export { type S3MediumOptions, s3Medium } from './media/s3.ts'
