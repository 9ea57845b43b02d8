/** Virtual seconds as people read them: `4:07`, `1:18:48`. */
export const clockTime = (seconds: number): string => {
	const whole = Math.floor(seconds);
	const twoDigits = (value: number): string => String(value).padStart(2, "0");
	const minutes = Math.floor(whole / 60);
	const rest = twoDigits(whole % 60);
	return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${rest}`;
};
